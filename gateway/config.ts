import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'

const port = (title: string, example: string) => Type.String({ pattern: '^(off|[0-9]{1,5})$', title, examples: [example] })
const line = (title: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f]*$', title, examples: [example] })
const path = (title: string, example: string) => Type.String({ minLength: 1, maxLength: 1_000, title, examples: [example] })
const word = (values: readonly string[], title: string) =>
  Type.String({ pattern: `^(${values.join('|')})$`, title, examples: [values[0] ?? ''] })
const hidden = (title: string) => Type.String({ minLength: 1, maxLength: 500, title, examples: ['…'] })

/** Every setting of a base: an environment variable each. What is not set has the default in `defaults`, or is off. */
export const configSchema = Type.Object({
  DATA_DIR: path('Folder of everything that the base keeps. Deleting it deletes the base.', './data'),
  PORT: port('Port on this machine itself (plain http, loopback only). 0 takes a free one.', '8080'),
  NETWORK_PORT: port('Port for tablets on the local network (https). off: none.', '8443'),
  NETWORK_HOSTS: line('More names under which the base is reached, separated by commas.', 'base.school.example'),
  TLS_CERT_FILE: path('Certificate for https, PEM, where the school has its own.', './base.crt'),
  TLS_KEY_FILE: path('Key of that certificate, PEM.', './base.key'),
  PUBLIC_ORIGIN: Type.String({
    pattern: '^https://[a-z0-9.-]+(:[0-9]{1,5})?$',
    title: 'Public address of the base. Without it its network is a trial.',
    examples: ['https://base.school.example'],
  }),
  TRUST_PROXY: word(['no', 'yes'], 'Whether a reverse proxy in front sets X-Forwarded-For.'),
  BASE_NAME_ZH: line('Name of the base in Chinese.', '示范基地'),
  BASE_NAME_EN: line('Name of the base in English.', 'Sample base'),
  NETWORK_NAME: line('Name of the network that is founded at the first start.', 'Trial network'),
  TIME_ZONE: line('Time zone in which days and expiries are shown.', 'Asia/Shanghai'),
  KEY_PASSPHRASE: hidden("Opens the base's key. Without it the key lies in a file that only this user can read."),
  LEDGER_RPC_URL: Type.String({
    pattern: '^https?://[^\\s]+$',
    maxLength: 500,
    title: 'Another EVM network in place of the embedded ledger.',
    examples: ['http://127.0.0.1:8545'],
  }),
  LEDGER_CHAIN_ID: Type.String({ pattern: '^[0-9]{1,15}$', title: 'Chain id that this network must have.', examples: ['1337'] }),
  INVITE: Type.String({
    pattern: '^[A-Za-z0-9_-]{40,}$',
    maxLength: 16_000,
    title: 'Invite into a network, for a base that has none yet: what `guildhall invite` prints at one of its bases.',
    examples: ['eyJkZXNjcmlwdG9yIjp7…'],
  }),
  LEDGER_PORT: port('Port of the embedded ledger, loopback only. 0 takes a free one.', '8545'),
  PEER_LISTEN: line('Addresses for other bases, multiaddrs separated by commas.', '/ip4/0.0.0.0/tcp/4001'),
  PEER_ANNOUNCE: line('Addresses that other bases are told, if they differ.', '/dns4/base.school.example/tcp/4001'),
  PEERS: line('Addresses of other bases, each ending in /p2p/<id>.', '/dns4/other.example/tcp/4001/p2p/12D3…'),
  RELAYS: line('Addresses of relays, each ending in /p2p/<id>.', '/dns4/relay.example/tcp/4001/p2p/12D3…'),
  BROKER_PORT: port('Port of the own MQTT broker, loopback only. 0 takes a free one.', '1883'),
  BROKER_NETWORK_PORT: port('Port of the own MQTT broker for the local network (TLS). off: none.', '8883'),
  BROKER_URL: Type.String({
    pattern: '^mqtts?://[^\\s@]+$',
    maxLength: 500,
    title: 'An external MQTT broker in place of the own one.',
    examples: ['mqtts://broker.school.example:8883'],
  }),
  BROKER_USERNAME: line('User of the external broker.', 'guildhall'),
  BROKER_PASSWORD: hidden('Password of the external broker.'),
  BROKER_CA_FILE: path('Authority of the external broker, PEM, where it is not a public one.', './broker-ca.crt'),
  WEB_DIR: path('Folder of the built pages.', './web/dist'),
  LOG_LEVEL: word(['info', 'debug', 'warn', 'error'], 'How much is written to logs/base.log.'),
  ANCHOR_SECONDS: Type.String({
    pattern: '^[0-9]{1,4}$',
    title: 'How long certificates are gathered before their batch goes to the ledger, in seconds.',
    examples: ['60'],
  }),
  SECOND_OPINION: word(['on', 'off'], 'Whether pages may ask other bases through this one, and whether it answers theirs.'),
  RATE_LIMIT_FACTOR: Type.String({
    pattern: '^[0-9]{1,5}(\\.[0-9]{1,3})?$',
    title: 'Multiplies every rate limit; for load tests.',
    examples: ['1'],
  }),
})
/** What a setting is, in one sentence, and an example: TypeBox keeps both beside the schema but not in its type. */
const toldOf = (schema: unknown): { title: string; example: string } => {
  const { title = '', examples = [] } = schema as { title?: string; examples?: string[] }
  return { title, example: examples[0] ?? '' }
}

type Settings = Partial<Static<typeof configSchema>>
export type SettingName = keyof Static<typeof configSchema>

/** What a setting is when nobody sets it. */
export const defaults = {
  DATA_DIR: './data',
  PORT: '8080',
  NETWORK_PORT: 'off',
  TRUST_PROXY: 'no',
  BASE_NAME_ZH: '我的基地',
  BASE_NAME_EN: 'My base',
  NETWORK_NAME: 'Trial network',
  LEDGER_PORT: '0',
  PEER_LISTEN: '/ip4/127.0.0.1/tcp/0',
  BROKER_PORT: '0',
  BROKER_NETWORK_PORT: 'off',
  LOG_LEVEL: 'info',
  ANCHOR_SECONDS: '60',
  SECOND_OPINION: 'on',
  RATE_LIMIT_FACTOR: '1',
} as const satisfies Settings

/** The checked configuration of a base, in the shapes that its parts take. Ports: null is off, 0 is any free one. */
export type Config = {
  dataDir: string
  port: number
  networkPort: number | null
  networkHosts: string[]
  tls: { certificate: string; key: string } | null
  publicOrigin: string | null
  trustProxy: boolean
  baseName: { 'zh-CN': string; en: string }
  networkName: string
  /** Joins this network instead of founding one; read only until the base has one. */
  invite: string | null
  timeZone: string
  keyPassphrase: string | null
  ledger: { rpcUrl: string | null; chainId: number | null; port: number }
  peer: { listen: string[]; announce: string[]; peers: string[]; relays: string[] }
  broker: {
    port: number
    networkPort: number | null
    external: { url: string; username: string; password: string; authorityFile: string | null } | null
  }
  webDir: string
  logLevel: string
  anchorSeconds: number
  secondOpinion: boolean
  rateLimitFactor: number
}

/** One setting that is wrong: its name, why, and what to do. */
export type ConfigProblem = { name: string; cause: string; nextStep: string }

/** The configuration, or ALL its problems at once. Values are never repeated: some are secret. */
export const readConfig = (
  environment: Readonly<Record<string, string | undefined>>,
): { config: Config } | { problems: ConfigProblem[] } => {
  const names = Object.keys(configSchema.properties) as SettingName[]
  const given = Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : []))) as Settings
  const settings: Settings = { ...defaults, ...given }
  const problems = [...misspelt(environment, names), ...misshapen(settings), ...atOdds(settings)]
  return problems.length > 0 ? { problems } : { config: shape(settings) }
}

/** All settings: what each is, its default (null: none) and an example. */
export const listSettings = (): { name: string; title: string; preset: string | null; example: string }[] =>
  Object.entries(configSchema.properties).map(([name, schema]) => {
    const { [name as keyof typeof defaults]: preset = null } = defaults
    return { name, preset, ...toldOf(schema) }
  })

/** The table of all settings in Markdown, for the documentation. */
export const describeConfig = (): string => {
  const rows = listSettings().map(({ name, title, preset, example }) => {
    return `| \`${name}\` | ${title} | ${preset === null ? '' : `\`${preset}\``} | \`${example}\` |`
  })
  return ['| setting | what it is | default | example |', '|---|---|---|---|', ...rows].join('\n')
}

/** A setting of ours with a slip in its name would otherwise be ignored in silence. */
const misspelt = (environment: Readonly<Record<string, string | undefined>>, names: readonly string[]): ConfigProblem[] =>
  Object.keys(environment)
    .filter((name) => name.length >= 9 && !names.includes(name))
    .map((name) => ({ name, near: names.find((known) => known.length >= 10 && distance(known, name) <= 2) }))
    .flatMap(({ name, near }) => (near ? [{ name, cause: 'is not a setting', nextStep: `Did you mean ${near}?` }] : []))

const misshapen = (settings: Settings): ConfigProblem[] =>
  Object.entries(configSchema.properties)
    .filter(([name]) => name in settings)
    .filter(([name, schema]) => !Value.Check(schema, settings[name as SettingName]) || !isPort(name, settings))
    .map(([name, schema]) => ({ name, told: toldOf(schema) }))
    .map(({ name, told }) => ({ name, cause: 'does not have the right form', nextStep: `${told.title} For example: ${told.example}` }))

const isPort = (name: string, settings: Settings): boolean => !name.endsWith('PORT') || !(Number(settings[name as SettingName]) > 65_535)

const atOdds = (settings: Settings): ConfigProblem[] => {
  const problem = (name: SettingName, cause: string, nextStep: string) => ({ name, cause, nextStep })
  const missing = (name: SettingName) => settings[name] !== undefined && !existsSync(settings[name] ?? '')
  return [
    ...(settings.TLS_CERT_FILE !== undefined && settings.TLS_KEY_FILE === undefined
      ? [problem('TLS_KEY_FILE', 'is missing', 'Set it to the key of TLS_CERT_FILE.')]
      : []),
    ...(settings.TLS_KEY_FILE !== undefined && settings.TLS_CERT_FILE === undefined
      ? [problem('TLS_CERT_FILE', 'is missing', 'Set it to the certificate of TLS_KEY_FILE.')]
      : []),
    ...(['TLS_CERT_FILE', 'TLS_KEY_FILE', 'BROKER_CA_FILE'] as const)
      .filter(missing)
      .map((name) => problem(name, 'names a file that is not there', 'Correct the path.')),
    ...(settings.LEDGER_CHAIN_ID !== undefined && settings.LEDGER_RPC_URL === undefined
      ? [problem('LEDGER_RPC_URL', 'is missing', 'Set it, or remove LEDGER_CHAIN_ID.')]
      : []),
    ...(['BROKER_USERNAME', 'BROKER_PASSWORD'] as const)
      .filter((name) => settings.BROKER_URL !== undefined && settings[name] === undefined)
      .map((name) => problem(name, 'is missing', 'Set it: an external broker is used with a password only.')),
    ...(['PORT', 'LEDGER_PORT', 'BROKER_PORT'] as const)
      .filter((name) => settings[name] === 'off')
      .map((name) => problem(name, 'cannot be off', 'Give a port, or 0 for any free one.')),
    ...(settings.TIME_ZONE !== undefined && !isTimeZone(settings.TIME_ZONE)
      ? [problem('TIME_ZONE', 'is not a time zone', 'Use an IANA name such as Asia/Shanghai.')]
      : []),
  ]
}

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const commas = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
const portOf = (text: string | undefined): number | null => (text === undefined || text === 'off' ? null : Number(text))

const shape = (settings: Settings): Config => ({
  dataDir: resolve(settings.DATA_DIR ?? defaults.DATA_DIR),
  port: Number(settings.PORT),
  networkPort: portOf(settings.NETWORK_PORT),
  networkHosts: commas(settings.NETWORK_HOSTS),
  tls:
    settings.TLS_CERT_FILE && settings.TLS_KEY_FILE
      ? { certificate: resolve(settings.TLS_CERT_FILE), key: resolve(settings.TLS_KEY_FILE) }
      : null,
  publicOrigin: settings.PUBLIC_ORIGIN ?? null,
  trustProxy: settings.TRUST_PROXY === 'yes',
  baseName: { 'zh-CN': settings.BASE_NAME_ZH ?? '', en: settings.BASE_NAME_EN ?? '' },
  networkName: settings.NETWORK_NAME ?? '',
  invite: settings.INVITE ?? null,
  timeZone: settings.TIME_ZONE ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  keyPassphrase: settings.KEY_PASSPHRASE ?? null,
  ledger: {
    rpcUrl: settings.LEDGER_RPC_URL ?? null,
    chainId: settings.LEDGER_CHAIN_ID ? Number(settings.LEDGER_CHAIN_ID) : null,
    port: Number(settings.LEDGER_PORT),
  },
  peer: {
    listen: commas(settings.PEER_LISTEN),
    announce: commas(settings.PEER_ANNOUNCE),
    peers: commas(settings.PEERS),
    relays: commas(settings.RELAYS),
  },
  broker: {
    port: Number(settings.BROKER_PORT),
    networkPort: portOf(settings.BROKER_NETWORK_PORT),
    external: settings.BROKER_URL
      ? {
          url: settings.BROKER_URL,
          username: settings.BROKER_USERNAME ?? '',
          password: settings.BROKER_PASSWORD ?? '',
          authorityFile: settings.BROKER_CA_FILE ? resolve(settings.BROKER_CA_FILE) : null,
        }
      : null,
  },
  webDir: resolve(settings.WEB_DIR ?? join(import.meta.dirname, '..', 'web', 'dist')),
  logLevel: settings.LOG_LEVEL ?? 'info',
  anchorSeconds: Number(settings.ANCHOR_SECONDS ?? defaults.ANCHOR_SECONDS),
  secondOpinion: (settings.SECOND_OPINION ?? defaults.SECOND_OPINION) === 'on',
  rateLimitFactor: Number(settings.RATE_LIMIT_FACTOR),
})

/** Levenshtein distance, up to what a slip of the finger makes. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
