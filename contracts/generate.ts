/**
 * Turns the compiler's artifacts into `generated/`: ABIs `as const`, bytecode, and types for calls and events.
 * Run it after `hardhat build`; what it writes is not kept in git.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The network's contracts and the folder each lives in, in the order of their deployment. */
const CONTRACTS = {
  NetworkTimelock: 'governance',
  Directory: 'directory',
  BaseRegistry: 'membership',
  Entitlements: 'membership',
  CredentialAnchors: 'credentials',
  StatusLists: 'credentials',
  ResourceRegistry: 'resources/works',
  RoyaltyLedger: 'resources/royalties',
  ReviewPanels: 'resources/review',
  Licences: 'resources/licences',
  UsageReceipts: 'resources/usage',
  SettlementToken: 'commerce',
} as const

/** What a reader in a browser calls or looks for; anything else would only weigh on the page. */
const READER: Readonly<Record<string, readonly string[]>> = {
  Directory: ['addressOf', 'ContractRegistered'],
  BaseRegistry: ['baseByDid', 'baseOf', 'didHashOf', 'didLogOf', 'peersOf', 'baseCount', 'BaseAdmitted', 'DidLogPublished'],
  Entitlements: ['isEntitled', 'entitlementOf', 'accreditationOf', 'standingOf', 'issuerKeyOf', 'lastAssessmentOf', 'assessmentOf'],
  CredentialAnchors: ['anchorOf', 'headOf', 'CredentialsAnchored', 'HeadAnchored'],
  StatusLists: ['headOf', 'StatusListPublished'],
}

type Parameter = { name: string; type: string; internalType?: string; indexed?: boolean; components?: Parameter[] }
type Item = { type: string; name?: string; inputs?: Parameter[]; outputs?: Parameter[]; stateMutability?: string; anonymous?: boolean }
type Artifact = { abi: Item[]; bytecode: string }

const root = join(import.meta.dirname, '..')
const folder = join(import.meta.dirname, 'generated')
const names = Object.keys(CONTRACTS) as (keyof typeof CONTRACTS)[]
const artifacts = new Map(names.map((name) => [name, readArtifact(name)]))
const banner = '// Written by contracts/generate.ts from the compiler’s artifacts. Do not edit.\n'

mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, 'abis.ts'),
  banner + names.map((name) => constant(`${lowerFirst(name)}Abi`, withoutInternals(abiOf(name)))).join(''),
)
writeFileSync(
  join(folder, 'bytecode.ts'),
  banner + constant('bytecode', Object.fromEntries(names.map((name) => [name, artifacts.get(name)?.bytecode]))),
)
writeFileSync(join(folder, 'accounts.ts'), banner + accountsModule())
writeFileSync(join(folder, 'reader.ts'), banner + Object.keys(READER).map(readerAbi).join(''))
writeFileSync(join(folder, 'types.ts'), banner + typeModule())

/** Contracts for people's accounts: no network owns them. The EntryPoint is the published build, which alone has the address that it has everywhere. */
function accountsModule(): string {
  const entryPoint: Artifact = createRequire(import.meta.url)('@account-abstraction/contracts/artifacts/EntryPoint.json')
  const own = (['LearnerAccount', 'LearnerAccountFactory', 'SponsorPaymaster'] as const).map((name): [string, Artifact] => {
    const path = join(root, 'artifacts', 'contracts', 'accounts', `${name}.sol`, `${name}.json`)
    return [name, JSON.parse(readFileSync(path, 'utf8'))]
  })
  const all = [['EntryPoint', entryPoint] as [string, Artifact], ...own]
  return (
    constant('accountAbis', Object.fromEntries(all.map(([name, { abi }]) => [name, withoutInternals(abi)]))) +
    constant('accountBytecode', Object.fromEntries(all.map(([name, { bytecode }]) => [name, bytecode])))
  )
}

function readArtifact(name: keyof typeof CONTRACTS): Artifact {
  return JSON.parse(readFileSync(join(root, 'artifacts', 'contracts', CONTRACTS[name], `${name}.sol`, `${name}.json`), 'utf8'))
}

function abiOf(name: string): Item[] {
  return artifacts.get(name as keyof typeof CONTRACTS)?.abi ?? []
}

function constant(name: string, value: unknown): string {
  return `export const ${name} = ${JSON.stringify(value)} as const\n`
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** The ABI without the compiler's own type names, which no codec needs. */
function withoutInternals(abi: Item[]): unknown {
  return JSON.parse(JSON.stringify(abi, (key, value) => (key === 'internalType' ? undefined : value)))
}

function readerAbi(name: string): string {
  const wanted = READER[name] ?? []
  const items = abiOf(name).filter((item) => item.name !== undefined && wanted.includes(item.name))
  const missing = wanted.filter((each) => !items.some((item) => item.name === each))
  if (missing.length > 0) throw new Error(`${name} has no ${missing.join(', ')}: correct READER in contracts/generate.ts`)
  return constant(`${lowerFirst(name)}ReaderAbi`, withoutInternals(items))
}

function typeModule(): string {
  return [
    "import type { BaseContract, BaseContractMethod, BigNumberish, BytesLike, ContractTransactionResponse } from 'ethers'\n",
    ...names.map(
      (name) =>
        `/** The functions of ${name}, as ethers offers them. */\nexport interface ${name}Contract extends BaseContract {\n${methods(name)}}\n`,
    ),
    `/** The network's contracts, connected. */\nexport interface Contracts {\n${names.map((name) => `  readonly ${name}: ${name}Contract\n`).join('')}}\n`,
    `/** The arguments of every function that changes something. */\nexport interface ContractCalls {\n${names.map((name) => `  readonly ${name}: {\n${calls(name)}  }\n`).join('')}}\n`,
    `/** The decoded arguments of every event, by contract and name. Numbers of up to 48 bits are numbers, wider ones bigints. */\nexport interface ContractEvents {\n${names.map((name) => `  readonly ${name}: {\n${events(name)}  }\n`).join('')}}\n`,
  ].join('\n')
}

function isView(item: Item): boolean {
  return item.stateMutability === 'view' || item.stateMutability === 'pure'
}

function functionsOf(name: string): Item[] {
  return abiOf(name).filter((item) => item.type === 'function')
}

function methods(name: string): string {
  return functionsOf(name)
    .map((item) => {
      const result = resultOf(item.outputs ?? [])
      const answer = isView(item) ? result : 'ContractTransactionResponse'
      return `  readonly ${item.name}: BaseContractMethod<[${inputsOf(item)}], ${result}, ${answer}>\n`
    })
    .join('')
}

function calls(name: string): string {
  return functionsOf(name)
    .filter((item) => !isView(item))
    .map((item) => `    readonly ${item.name}: readonly [${inputsOf(item)}]\n`)
    .join('')
}

function events(name: string): string {
  return abiOf(name)
    .filter((item) => item.type === 'event')
    .map(
      (item) =>
        `    readonly ${item.name}: { ${(item.inputs ?? []).map((input) => `readonly ${input.name}: ${decoded(input)}`).join('; ')} }\n`,
    )
    .join('')
}

function inputsOf(item: Item): string {
  return (item.inputs ?? []).map((input, index) => `${input.name || `argument${index}`}: ${accepted(input)}`).join(', ')
}

/** What ethers accepts for a parameter. */
function accepted(parameter: Parameter): string {
  if (parameter.type.endsWith('[]')) return `readonly (${accepted({ ...parameter, type: parameter.type.slice(0, -2) })})[]`
  if (parameter.type === 'tuple')
    return `{ ${(parameter.components ?? []).map((each) => `readonly ${each.name}: ${accepted(each)}`).join('; ')} }`
  if (/^u?int/.test(parameter.type)) return 'BigNumberish'
  if (parameter.type.startsWith('bytes')) return 'BytesLike'
  return parameter.type === 'bool' ? 'boolean' : 'string'
}

/** What ethers answers for the outputs of a function. */
function resultOf(outputs: Parameter[]): string {
  if (outputs.length === 0) return 'void'
  const [only] = outputs
  if (outputs.length === 1 && only) return answered(only)
  const tuple = outputs.map((each) => answered(each)).join(', ')
  return `readonly [${tuple}] & { ${outputs.map((each) => `readonly ${each.name}: ${answered(each)}`).join('; ')} }`
}

function answered(parameter: Parameter): string {
  if (parameter.type.endsWith('[]')) return `readonly (${answered({ ...parameter, type: parameter.type.slice(0, -2) })})[]`
  if (parameter.type === 'tuple')
    return `{ ${(parameter.components ?? []).map((each) => `readonly ${each.name}: ${answered(each)}`).join('; ')} }`
  if (/^u?int/.test(parameter.type)) return 'bigint'
  return parameter.type === 'bool' ? 'boolean' : 'string'
}

/** What `decodeEvent` makes of an event's argument. */
function decoded(parameter: Parameter): string {
  const { type } = parameter
  if (type.endsWith('[]')) return `readonly (${decoded({ ...parameter, type: type.slice(0, -2) })})[]`
  if (type === 'tuple') return `{ ${(parameter.components ?? []).map((each) => `readonly ${each.name}: ${decoded(each)}`).join('; ')} }`
  const bits = /^u?int(\d+)$/.exec(type)?.[1]
  if (bits !== undefined) return Number(bits) <= 48 ? 'number' : 'bigint'
  return type === 'bool' ? 'boolean' : 'string'
}
