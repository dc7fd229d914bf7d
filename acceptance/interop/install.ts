import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { runProgram } from './programs.ts'

/** Where peers are kept between runs: outside the checkout, since none of them is a part of Guildhall. `INTEROP_CACHE` overrides it. */
const cache = process.env['INTEROP_CACHE'] ?? join(homedir(), '.cache', 'guildhall-interop')

/** Installs a package of PyPI into an environment of its own. @returns the folder of its commands. @throws where it cannot be installed */
export async function installFromPyPi(name: string, version: string): Promise<string> {
  const folder = join(cache, `${name}-${version}`)
  await once(folder, async () => {
    await must('python3', ['-m', 'venv', folder])
    await must(join(folder, 'bin/pip'), ['install', '--no-input', '--quiet', `${name}==${version}`])
  })
  return join(folder, 'bin')
}

/** Installs packages of the npm registry into a folder of their own, without their install scripts. @returns that folder. @throws where they cannot be installed */
export async function installFromNpm(packages: Record<string, string>): Promise<string> {
  const [[first, version] = ['packages', '0']] = Object.entries(packages)
  const folder = join(cache, `${first.replace(/\W+/g, '-').replace(/^-/, '')}-${version}`)
  await once(folder, async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }))
    await must('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], folder)
  })
  return folder
}

/** Finds a command, or installs the Debian package that has it where this is root. @returns its path. @throws with what to do */
export async function installFromDebian(command: string, name: string): Promise<string> {
  const found = findCommand(command)
  if (found) return found
  if (process.getuid?.() !== 0 || !findCommand('apt-get'))
    throw new Error(`${command} is not installed. Install Debian's package ${name}, or run this as root; then run it again.`)
  await must('apt-get', ['update', '-q'])
  await must('apt-get', ['install', '-y', '-q', '--no-install-recommends', name])
  const installed = findCommand(command)
  if (!installed) throw new Error(`${name} was installed, but ${command} is not there.`)
  return installed
}

/** Debian keeps servers where only root looks for commands. */
function findCommand(command: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, command)).find(existsSync)
}

/** An installation that was broken off is begun anew; a whole one is marked. */
async function once(folder: string, install: () => Promise<void>): Promise<void> {
  const mark = join(folder, '.complete')
  if (existsSync(mark)) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(folder), { recursive: true })
  await install()
  writeFileSync(mark, '')
}

async function must(command: string, args: string[], cwd?: string): Promise<void> {
  const { code, output } = await runProgram(command, args, { ...(cwd && { cwd }) })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${output.slice(-2_000)}`)
}
