import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '../paraglide/runtime.js'
import { wordValues } from './problem-messages.ts'
import { translationOf, wordsOf } from './problem-words.ts'
import { sentenceOfTrouble } from './trouble.ts'

const gateway = join(import.meta.dirname, '../../gateway')
const files = readdirSync(gateway, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('node_modules'),
)
const sources = files.map((file) => [file, readFileSync(join(gateway, file), 'utf8')] as const)
const zh = JSON.parse(readFileSync(join(import.meta.dirname, '../messages/zh-CN/problems.json'), 'utf8')) as Record<string, string>

/** Values that are no literal where the error is made, and where their words come from. */
const elsewhere: Readonly<Record<string, string>> = {
  'LABS_BROKER_UNREACHABLE.detail': "the other broker's own words",
  'LABS_BROKER_PORT.detail': 'a code of the operating system',
  'LABS_LOG_FAILED.detail': 'a code of the operating system',
  'LABS_JOB_REFUSED.detail': 'the refusals of labs/gcode, below',
  'LABS_RECORDING_DAMAGED.detail': 'the damages of labs/sessions/recording, below',
  'LABS_OCTOPRINT_UNREACHABLE.detail': 'a code of the operating system, or the kind of the error',
  'PASSKEY_REFUSED.problem': 'not named in the Chinese sentence',
  'REQUEST_INVALID.where': 'the name of a field',
  'ROSTER_UNREADABLE.problem': 'ROSTER_REASONS, below',
  'DRAFT_REFUSED.where': 'the parts of a draft, below',
  'DRAFT_REFUSED.problem': 'the refusals of a draft, below',
  'REQUEST_INVALID.problem': 'the refusals of an upload, below',
  'STATE_REFUSED.next': 'the next steps that are chosen, below',
  'STATE_REFUSED.state': 'the states of sessions, certificates, the sample school and wallets, below',
}

/** Every value of a problem that is the base's own words: the code, the name, and the expression that gives it. */
const values = sources.flatMap(([file, source]) =>
  [
    ...source.matchAll(/new (?:Guildhall|Labs)Error\(\s*'([A-Z_]+)',\s*\{((?:`[^`]*`|'(?:[^'\\]|\\.)*'|"[^"]*"|[^{}`'"]|\{[^{}]*\})*)\}/g),
  ].flatMap(([, code = '', members = '']) =>
    wordValues
      .filter((name) => zh[`problem_${code.toLowerCase()}`]?.includes(`{${name}}`))
      .flatMap((name) => {
        const found = new RegExp(`(?:^|[\\s,])${name}(?::\\s*(\`[^\`]*\`|'(?:[^'\\\\]|\\\\.)*'|"[^"]*"|[^,]+))?(?=,|\\s*$)`).exec(members)
        return found ? [{ file, code, name, expression: found[1]?.trim() ?? name }] : []
      }),
  ),
)
const isLiteral = (expression: string) => /^(`[^`]*`|'(?:[^'\\]|\\.)*'|"[^"]*")$/.test(expression)
/** A literal as it is said: each part of a template that differs is a number. */
const said = (literal: string) =>
  literal
    .slice(1, -1)
    .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '7')
    .replaceAll('\\', '')
const sourceOf = (name: string) => sources.find(([file]) => file === name)?.[1] ?? ''
const literals = (file: string, before: RegExp) =>
  [...sourceOf(file).matchAll(new RegExp(`${before.source}(\`[^\`]*\`|'(?:[^'\\\\]|\\\\.)*'|"[^"]*")`, 'g'))].map(([, literal = '']) =>
    said(literal),
  )
const useCase = (file: string) => join('use-cases', file)

describe("the base's own words in a Chinese sentence", () => {
  it('are found where errors are made, so that the next ones are found too', () => {
    expect(values.length).toBeGreaterThan(50)
    expect(new Set(values.map(({ code }) => code)).size).toBeGreaterThan(8)
  })

  it('are in Chinese, each value that is written where the error is made', () => {
    const english = values.filter(
      ({ name, expression }) => name !== 'where' && isLiteral(expression) && translationOf(said(expression)) === undefined,
    )
    expect(english).toEqual([])
  })

  it('are accounted for where a value comes from somewhere else', () => {
    const unknown = values.filter(({ code, name, expression }) => !isLiteral(expression) && !(`${code}.${name}` in elsewhere))
    expect(unknown).toEqual([])
  })

  it.each([
    ['a refusal of a job file', ['labs/gcode/machine.ts', 'labs/gcode/parse-line.ts'], /refusal: /],
    ['a limit of a job file', ['labs/gcode/interpret-job.ts'], /refuse\((?:1|line|at\.line), /],
    ['a damage of a recording', ['labs/sessions/recording.ts'], /damaged\(/],
    [
      'a part of a draft, or a state of the sample school',
      ['works/register/drafts.ts', 'sample/sample-school.ts'].map(useCase),
      /refuse\(/,
    ],
    ['a refusal of a draft', ['works/register/drafts.ts'].map(useCase), /refuse\('\w+', /],
    ['a refusal of an upload', ['works/uploads/serve-uploads.ts'].map(useCase), /invalid\('[a-z/-]+', /, 2],
    [
      'a next step that is chosen',
      ['credentials/award-credential.ts', 'base/membership/redeem-invite.ts', 'base/name-network.ts', 'sample/sample-school.ts'].map(
        useCase,
      ),
      /(?<=next = (?:[^\n]*[?:] )?|refuse\('[^']*', )/,
    ],
    ['a reason of a roster', ['schools/oneroster/problems.ts'], /ROSTER_[A-Z0-9_]+: /],
  ])('are in Chinese for %s', (_what, names, before, fewest = 4) => {
    const all = names.flatMap((name) => literals(name, before)).map((words) => words.replaceAll(/\{\w+\}/g, '7'))
    expect(all.length).toBeGreaterThanOrEqual(fewest)
    expect(all.filter((words) => translationOf(words) === undefined)).toEqual([])
  })

  it('are in Chinese for every state of a session, of a certificate and of the sample school', () => {
    const states = [
      ...['api/learning/sessions.ts', 'api/credentials/awards.ts', 'api/base/first-run.ts'].flatMap((file) =>
        [...sourceOf(file).matchAll(/(?:state|sampleSchool): (?:optional\()?oneOf\(\[([^\]]+)\]/g)].flatMap(([, list = '']) =>
          list.split(','),
        ),
      ),
    ].map((state) => state.replaceAll(/['\s]/g, ''))
    expect(states.length).toBeGreaterThan(8)
    expect(states.filter((state) => translationOf(state) === undefined)).toEqual([])
    // Each use is a value of STATE_REFUSED: the words of own-wallet.ts are chosen there.
    const chosen = [...sourceOf('use-cases/credentials/own-wallet.ts').matchAll(/const state = \w+ \? ("[^"]*") : ("[^"]*")/g)].flatMap(
      ([, a = '', b = '']) => [a, b],
    )
    expect(chosen.map((words) => translationOf(said(words)))).not.toContain(undefined)
  })

  it('stay as they are in English, and where they are names, numbers or what another program said', () => {
    overwriteGetLocale(() => 'en')
    expect(wordsOf('in an open session')).toBe('in an open session')
    overwriteGetLocale(() => 'zh-CN')
    expect([wordsOf('in an open session'), wordsOf('ECONNREFUSED'), wordsOf(7)]).toEqual(['正在实训中', 'ECONNREFUSED', 7])
    expect(wordsOf('a temperature of the bed outside of 0 to 150 °C')).toBe('热床温度不在 0 到 150 °C 之间')
    const params = { thing: 'session', state: 'closed', next: 'Open a new session.' }
    const { sentence } = sentenceOfTrouble({ code: 'STATE_REFUSED', params, sentence: '', nextStep: '', status: 409 })
    expect(sentence).toBe('现在不能这样做：实训 的状态是 已结束。请另开一次实训。')
  })
})
