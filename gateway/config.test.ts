import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { configSchema, describeConfig, readConfig, type SettingName } from './config.ts'

const names = Object.keys(configSchema.properties) as SettingName[]

describe('the configuration', () => {
  test('is whole without a single setting', () => {
    expect(readConfig({})).toMatchObject({
      config: { port: 8080, networkPort: null, publicOrigin: null, keyPassphrase: null, ledger: { rpcUrl: null } },
    })
  })

  test('reports all problems at once, each with its name, cause and next step', () => {
    const read = readConfig({
      PORT: '99999',
      TIME_ZONE: 'Mars',
      TLS_CERT_FILE: '/nowhere.crt',
      LEDGER_CHAIN_ID: 'x',
      BROKER_URL: 'mqtt://broker',
      LEGDER_PORT: '1',
    })
    const problems = 'problems' in read ? read.problems : []
    expect(problems.map(({ name }) => name).sort()).toEqual([
      'BROKER_PASSWORD',
      'BROKER_USERNAME',
      'LEDGER_CHAIN_ID',
      'LEDGER_RPC_URL',
      'LEGDER_PORT',
      'PORT',
      'TIME_ZONE',
      'TLS_CERT_FILE',
      'TLS_KEY_FILE',
    ])
    expect(problems.every(({ cause, nextStep }) => cause !== '' && nextStep !== '')).toBe(true)
  })

  test('never repeats a value, and never throws, whatever is set', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    process.stdout.write(`configuration, seed ${seed}\n`)
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...names),
          fc.string({ minLength: 12, maxLength: 40 }).map((text) => `secret-${text}`),
        ),
        (environment) => {
          const read = readConfig(environment)
          if ('problems' in read) expect(JSON.stringify(read.problems)).not.toContain('secret-')
        },
      ),
      { seed, numRuns: 1_000 },
    )
  })

  test('is described setting by setting', () => {
    for (const name of names) expect(describeConfig()).toContain(`| \`${name}\` |`)
  })
})
