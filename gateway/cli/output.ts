import { writeSync } from 'node:fs'

/** How a command ended, the same for every command, so that scripts can rely on it. */
export const exitCodes = {
  /** Done, or every check passed. */
  ok: 0,
  /** A check failed, or the thing asked for was refused. */
  failed: 1,
  /** The command line itself was not understood. */
  usage: 2,
  /** Could not check: something needed was out of reach. Never the same as passed. */
  unknown: 3,
  /** The base, its ledger or a file could not be reached or written. */
  outage: 4,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** An end of the command that is no defect of the program: the message is all that a person needs. */
export class CommandError extends Error {
  readonly code: string
  readonly exitCode: ExitCode

  /** @param code stable, `CLI_…` or the code of the problem that a base answered. */
  constructor(code: string, message: string, exitCode: ExitCode) {
    super(message)
    this.name = 'CommandError'
    this.code = code
    this.exitCode = exitCode
  }
}

/** Where a command writes: sentences for people, or with `--json` one JSON document and nothing else on standard output. */
export type Output = { json: boolean; print: (text: string) => void; result: (value: unknown, text: string) => void }

/** Standard output, written through at once so that nothing is cut when the process ends. */
export function createOutput(json: boolean): Output {
  return {
    json,
    print: (text) => writeSync(json ? 2 : 1, `${text}\n`),
    result: (value, text) => writeSync(1, json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`),
  }
}

/** Columns padded to their widest cell; Chinese characters count double. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, at) => Math.max(all[at] ?? 0, width(cell))), [])
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠￠-￦]/.test(character) ? 2 : 1), 0)
}
