import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = import.meta.dirname
const packages = ['contracts', 'credentials', 'node', 'gateway', 'web', 'demo', 'bench', 'acceptance']
let copy: string

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'guildhall-boundaries-'))
  for (const file of ['biome.json', 'imports.grit', 'package.json', ...packages.map((name) => `${name}/package.json`)]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

function lint(file: string, code: string): string[] {
  mkdirSync(dirname(join(copy, file)), { recursive: true })
  writeFileSync(join(copy, file), code)
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', '--vcs-enabled=false', '--reporter=json', file], {
    cwd: copy,
    encoding: 'utf8',
  })
  const report: { diagnostics: { category: string; severity: string }[] } = JSON.parse(stdout)
  return report.diagnostics.filter((one) => one.severity === 'error').map((one) => one.category)
}

const forbidden: [string, string, string][] = [
  [
    'a credential check that asks the ledger package',
    'credentials/verify/a.ts',
    "import { abis } from '@guildhall/contracts'\nexport const a = abis\n",
  ],
  [
    'a type taken from a package that is not allowed',
    'node/peer/a.ts',
    "import type { Verdict } from '@guildhall/credentials'\nexport type A = Verdict\n",
  ],
  ['a relative import into another package', 'gateway/routes/a.ts', "import { a } from '../../node/index.ts'\nexport const b = a\n"],
  ['a screen that takes the whole gateway', 'web/wallet/a.ts', "import { a } from '@guildhall/gateway'\nexport const b = a\n"],
  ['a screen that takes the whole chain client', 'web/wallet/c.ts', "import { a } from '@guildhall/contracts'\nexport const b = a\n"],
  ['an acceptance test that imports a package', 'acceptance/path/a.ts', "import { a } from '@guildhall/credentials'\nexport const b = a\n"],
  ['a type by import()', 'node/peer/b.ts', "export type B = import('../../gateway/main.ts').Base\n"],
  ['an import put together at run time', 'node/peer/c.ts', `export const load = (name: string) => import(\`../../gateway/\${name}.ts\`)\n`],
  ['a URL into another package', 'gateway/routes/d.ts', "export const url = new URL('../../node/index.ts', import.meta.url)\n"],
  [
    'contracts reaching into the credentials package',
    'contracts/credentials/a.ts',
    "import { a } from '../../credentials/index.ts'\nexport const b = a\n",
  ],
]

describe('the import boundaries', () => {
  it.each(forbidden)('refuse %s', (_, file, code) => {
    expect(lint(file, code)).not.toEqual([])
  })

  it('let the arrows that ARCHITECTURE.md draws pass', () => {
    expect(lint('gateway/routes/ok.ts', "import { a } from '@guildhall/credentials'\n\nexport const b = a\n")).toEqual([])
    expect(lint('node/ledger/ok.ts', "import { a } from '@guildhall/contracts'\n\nexport const b = a\n")).toEqual([])
    expect(lint('web/verify/ok.ts', "import { a } from '@guildhall/gateway/api'\n\nexport const b = a\n")).toEqual([])
    expect(lint('contracts/credentials/ok.ts', "import { a } from '../membership/base.ts'\n\nexport const b = a\n")).toEqual([])
  })
})
