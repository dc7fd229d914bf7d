import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { base58btc } from 'multiformats/bases/base58'
import { beforeEach, describe, expect, it } from 'vitest'
import { resolveDidKey, signerFromSeed } from '../../keys/did-key.ts'
import type { JsonObject } from '../format.ts'
import { proofFormats } from '../formats.ts'
import { cryptosuites, hashText } from './cryptosuites.ts'
import { createProof, verifyProofs, withoutProof } from './data-integrity.ts'

const vectors = new URL('../../../../shared/vectors/credentials/data-integrity/', import.meta.url)
const hasVectors = existsSync(vectors)
const text = (path: string) => readFileSync(new URL(path, vectors), 'utf8')
const json = (path: string): JsonObject => JSON.parse(text(path))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const resolveKey = ({ verificationMethod }: { verificationMethod: string }) => ({ key: resolveDidKey(verificationMethod) })

/** Folder, ending of the file names, cryptosuite. */
const suites = [
  ['eddsa/eddsa-rdfc-2022', 'DataInt', 'eddsa-rdfc-2022'],
  ['eddsa/eddsa-rdfc-2022/employ', 'DataInt', 'eddsa-rdfc-2022'],
  ['ecdsa/ecdsa-rdfc-2019-p256/employ', 'ECDSAP256', 'ecdsa-rdfc-2019'],
  ['eddsa/eddsa-jcs-2022', 'JCS', 'eddsa-jcs-2022'],
  ['ecdsa/ecdsa-rdfc-2019-p256', 'ECDSAP256', 'ecdsa-rdfc-2019'],
  ['ecdsa/ecdsa-jcs-2019-p256', 'JCSECDSAP256', 'ecdsa-jcs-2019'],
] as const

describe('W3C Data Integrity test vectors (shared/vectors, absent in a plain clone)', () => {
  beforeEach(({ skip }) => skip(!hasVectors, 'the shared vectors are not beside the checkout'))

  it.each(suites)('gives every intermediate value of %s', async (folder, ending, name) => {
    const file = (what: string) => `${folder}/${what}${ending}`
    const suite = cryptosuites[name]
    const signed = json(`${file('signed')}.json`)
    const config = json(`${file('proofConfig')}.json`)
    const canonicalDocument = await suite?.transform(withoutProof(signed))
    const canonicalProof = await suite?.transform(config)
    expect(canonicalDocument).toEqual({ canonical: text(`${file('canonDoc')}.txt`) })
    expect(canonicalProof).toEqual({ canonical: text(`${file('proofCanon')}.txt`) })
    const documentHash = hex(hashText(text(`${file('canonDoc')}.txt`)))
    const proofHash = hex(hashText(text(`${file('proofCanon')}.txt`)))
    expect(documentHash).toBe(text(`${file('docHash')}.txt`).trim())
    expect(proofHash).toBe(text(`${file('proofHash')}.txt`).trim())
    expect(text(`${file('combinedHash')}.txt`).trim()).toBe(proofHash + documentHash)
    expect(hex(base58btc.decode(text(`${file('sigBTC58')}.txt`).trim()))).toBe(text(`${file('sigHex')}.txt`).trim())
    expect(await verifyProofs(signed, { resolveKey })).toMatchObject([{ outcome: 'passed', suite: name }])
  })

  it('makes the very signature of the vector from its seed', async () => {
    const { privateKeyMultibase } = json('eddsa/keyPair.json')
    const signer = await signerFromSeed(base58btc.decode(String(privateKeyMultibase)).subarray(2))
    for (const [folder, ending, cryptosuite] of suites.filter(([folder]) => folder.startsWith('eddsa') && !folder.endsWith('employ'))) {
      const signed = json(`${folder}/signed${ending}.json`)
      const created = Date.parse('2023-02-24T23:36:38Z') / 1000
      expect(await createProof(withoutProof(signed), signer, { cryptosuite, created })).toEqual(signed['proof'])
    }
  })

  const chains = hasVectors ? readdirSync(new URL('eddsa/proof-set-chain/', vectors)).filter((name) => /^signedProof/.test(name)) : []
  it.each(chains)('verifies the proof set or chain %s', async (name) => {
    const signed = json(`eddsa/proof-set-chain/${name}`)
    expect(await proofFormats['eddsa-rdfc-2022'].verifyProof(signed, { resolveKey })).toMatchObject({ outcome: 'passed' })
  })
})
