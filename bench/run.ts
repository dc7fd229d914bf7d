/**
 * `npm run bench`                          every figure in its short form
 * `npm run bench -- list`                  the names
 * `npm run bench -- NAME… [--count N] [--seconds S]`   some; N is what the figure counts (kills, records …), S its time limit
 *
 * A figure is a file `bench/<noun>/<figure>.ts` that exports its name and `run`. Each runs in a process of its own, so that one's
 * memory and compiled code don't colour the next. One JSON line per figure and peer:
 * `{"figure","value","unit","peer","peerValue","ratio"}` with ratio = value ÷ peerValue, null where no peer or limit ran.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

/** What a figure was measured to be, beside what ran with it. */
export type Measurement = {
  figure: string
  value: number
  unit: string
  peer: string | null
  peerValue: number | null
  ratio: number | null
}
/** `count`: how many of what the figure counts; `seconds`: when to stop measuring. The figure's own short form where absent. */
export type BenchOptions = { count?: number; seconds?: number }
/** A module `bench/<noun>/<figure>.ts`. */
export type Figure = { figure: string; run: (options: BenchOptions) => Promise<Measurement[]> }

const here = import.meta.dirname

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: 'string' }, seconds: { type: 'string' }, file: { type: 'string' } },
  })
  const options: BenchOptions = { ...readNumber('count', values.count), ...readNumber('seconds', values.seconds) }
  if (values.file) return measure(values.file, options)
  const figures = await listFigures()
  if (positionals[0] === 'list') return console.log([...figures.keys()].join('\n'))
  const unknown = positionals.filter((name) => !figures.has(name))
  if (unknown.length > 0) {
    console.error(`There is no figure ${unknown.join(', ')}. The figures are:\n${[...figures.keys()].join('\n')}`)
    process.exitCode = 2
    return
  }
  for (const [name, file] of figures) if (positionals.length === 0 || positionals.includes(name)) await runApart(name, file, options)
}

async function listFigures(): Promise<Map<string, string>> {
  const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  const files = folders.flatMap(({ name }) =>
    readdirSync(join(here, name))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => join(here, name, file)),
  )
  const found = await Promise.all(files.map(async (file): Promise<[string | undefined, string]> => [(await load(file)).figure, file]))
  return new Map(found.filter((one): one is [string, string] => one[0] !== undefined).sort())
}

async function measure(file: string, options: BenchOptions): Promise<void> {
  const { run } = await load(file)
  if (!run) throw new Error(`${file} exports no run`)
  for (const measurement of await run(options)) console.log(JSON.stringify(measurement))
  process.exit(0)
}

async function load(file: string): Promise<Partial<Figure>> {
  return import(pathToFileURL(file).href)
}

function runApart(name: string, file: string, { count, seconds }: BenchOptions): Promise<void> {
  const options = [
    ...(count === undefined ? [] : ['--count', String(count)]),
    ...(seconds === undefined ? [] : ['--seconds', String(seconds)]),
  ]
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--file', file, ...options], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('close', (code) => {
      if (code !== 0) {
        console.error(`${name} ended with ${code}`)
        process.exitCode = 1
      }
      resolve()
    })
  })
}

function readNumber(name: 'count' | 'seconds', text: string | undefined): BenchOptions {
  if (text === undefined) return {}
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} takes a number above 0, not ${text}`)
  return { [name]: value }
}
