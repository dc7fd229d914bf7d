import { writeBundle } from '@guildhall/credentials'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSampleBundle, createSampleWorld, type SampleWorld } from '../sample/sample-world.ts'
import { readSources } from './read-sources.ts'

let world: SampleWorld
let bundle: Uint8Array
let jwt: string
let receipt: unknown

beforeAll(async () => {
  let next = 0
  world = await createSampleWorld({
    now: 1_790_000_000,
    random: (length) => {
      next += 1
      return new Uint8Array(length).fill(next)
    },
  })
  const made = await createSampleBundle(world)
  bundle = writeBundle(made)
  jwt = String(made.credentials[0]?.secured)
  receipt = made.credentials[0]?.receipt
})

const source = (name: string, content: Uint8Array | string) => ({
  name,
  content: typeof content === 'string' ? content : new Blob([new Uint8Array(content)]),
})

describe('what was handed in', () => {
  it('is a certificate with its bundle', async () => {
    const { certificates, unreadable } = await readSources([source('a.guildhall', bundle)])
    expect(unreadable).toEqual([])
    expect(certificates).toMatchObject([{ name: 'a.guildhall', secured: jwt, bundle: { credentials: [{ secured: jwt }] } }])
  })

  it('is every certificate of a zip, by its place in it', async () => {
    const zip = zipSync({
      'class/one.jwt': new TextEncoder().encode(jwt),
      'two.guildhall': bundle,
      'readme.txt': new TextEncoder().encode('hello'),
    })
    const { certificates, unreadable } = await readSources([source('many.zip', zip)])
    expect(certificates.map(({ name }) => name).sort()).toEqual(['many.zip/class/one.jwt', 'many.zip/two.guildhall'])
    expect(unreadable.map(({ name }) => name)).toEqual(['many.zip/readme.txt'])
  })

  it('is joined with the receipt that lies beside it and leads from it', async () => {
    const { certificates } = await readSources([source('one.jwt', jwt), source('receipt.json', JSON.stringify(receipt))])
    expect(certificates).toMatchObject([{ name: 'one.jwt', receipt: { type: 'GuildhallAnchorReceipt' } }])
  })

  it('is the description of a network', async () => {
    const { networks } = await readSources([source('network.json', JSON.stringify(world.network))])
    expect(networks).toEqual([world.network])
  })

  it('is named with the reason when it is none of these, whatever it is', async () => {
    const anything = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 200 }), fc.json())
    await fc.assert(
      fc.asyncProperty(anything, async (content) => {
        const { certificates, presentations, networks, unreadable } = await readSources([source('x', content)])
        expect(certificates.length + presentations.length + networks.length + unreadable.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1_000, verbose: 1 },
    )
  }, 60_000)
})
