import { signerFromSeed } from '../../keys/did-key.ts'
import { inputOf, secure } from '../test-world.ts'
import { type Fault, reissued, unreachable, withPorts } from './fault.ts'

/** What the check `proof` must answer to. */
export const proofFaults: readonly Fault[] = [
  { title: 'a signed token', check: 'proof', outcome: 'passed', code: 'PROOF_OK', arrange: () => ({}) },
  {
    title: 'a Data Integrity proof',
    check: 'proof',
    outcome: 'passed',
    code: 'PROOF_OK',
    arrange: (world) => ({ input: inputOf(world, world.dataIntegrity) }),
  },
  {
    title: 'a key that the ledger confirms while the DID log can not be had',
    check: 'proof',
    outcome: 'passed',
    code: 'PROOF_OK',
    arrange: (world) => ({ options: withPorts(world, { directory: { findDidLog: unreachable } }) }),
  },
  {
    title: 'a key that the DID log confirms while the ledger can not be had',
    check: 'proof',
    outcome: 'passed',
    code: 'PROOF_OK',
    arrange: (world) => ({ options: withPorts(world, { directory: { findKey: unreachable } }) }),
  },
  {
    title: 'a changed payload',
    check: 'proof',
    outcome: 'failed',
    code: 'PROOF_INVALID',
    arrange: (world) => ({ input: inputOf(world, { ...world.dataIntegrity, name: 'Another title' }) }),
  },
  {
    title: 'a changed signature',
    check: 'proof',
    outcome: 'failed',
    code: 'PROOF_INVALID',
    arrange: (world) => ({ input: inputOf(world, `${world.jwt.slice(0, -10)}AAAAAAAAAA`.replace(/.$/, 'A')) }),
  },
  {
    title: 'no proof',
    check: 'proof',
    outcome: 'failed',
    code: 'PROOF_MISSING',
    arrange: (world) => ({ input: inputOf(world, world.credential) }),
  },
  {
    title: 'a token that refuses to be signed',
    check: 'proof',
    outcome: 'failed',
    code: 'PROOF_MALFORMED',
    arrange: (world) => ({ input: inputOf(world, `${btoa('{"alg":"none"}').replace(/=/g, '')}.${world.jwt.split('.')[1]}.`) }),
  },
  {
    title: 'a proof by another DID',
    check: 'proof',
    outcome: 'failed',
    code: 'PROOF_NOT_BY_ISSUER',
    arrange: async (world) => ({
      input: inputOf(world, await secure(world.credential, 'eddsa-rdfc-2022', await signerFromSeed(new Uint8Array(32).fill(3)))),
    }),
  },
  {
    title: 'a proof by a key that the issuer never had',
    check: 'proof',
    outcome: 'failed',
    code: 'PROOF_KEY_ABSENT',
    arrange: async (world) => ({
      input: inputOf(world, await secure(world.credential, 'vc+jwt', await signerFromSeed(new Uint8Array(32).fill(77), world.did))),
    }),
  },
  {
    title: 'neither ledger nor DID log to be had',
    check: 'proof',
    outcome: 'unknown',
    code: 'PROOF_KEY_UNREACHABLE',
    arrange: (world) => ({ options: withPorts(world, { directory: { findDidLog: unreachable, findKey: unreachable } }) }),
  },
  {
    title: 'an issuer whose keys are on the web',
    check: 'proof',
    outcome: 'unknown',
    code: 'PROOF_KEY_UNREACHABLE',
    arrange: async (world) => ({
      input: inputOf(
        world,
        await secure(
          { ...world.credential, issuer: 'did:web:example.org' },
          'vc+jwt',
          await signerFromSeed(new Uint8Array(32).fill(3), 'did:web:example.org'),
        ),
      ),
    }),
  },
  {
    title: 'a suite that is not known here',
    check: 'proof',
    outcome: 'unknown',
    code: 'PROOF_SUITE_UNSUPPORTED',
    arrange: (world) => ({
      input: inputOf(world, {
        ...world.credential,
        proof: {
          type: 'DataIntegrityProof',
          cryptosuite: 'bbs-2023',
          verificationMethod: world.issuing.verificationMethod,
          proofPurpose: 'assertionMethod',
          proofValue: 'u2V0',
        },
      }),
    }),
  },
  {
    title: 'a retired suite',
    check: 'proof',
    outcome: 'unknown',
    code: 'PROOF_SUITE_RETIRED',
    arrange: (world) => ({
      input: inputOf(world, {
        ...world.credential,
        proof: {
          type: 'Ed25519Signature2020',
          verificationMethod: world.issuing.verificationMethod,
          proofPurpose: 'assertionMethod',
          proofValue: 'z1',
        },
      }),
    }),
  },
  {
    title: 'a retired suite on the older data model',
    check: 'proof',
    outcome: 'unknown',
    code: 'PROOF_SUITE_RETIRED',
    arrange: (world) => reissued(world, { '@context': ['https://www.w3.org/2018/credentials/v1'] }),
  },
  {
    title: 'terms of a context that is not kept here',
    check: 'proof',
    outcome: 'unknown',
    code: 'PROOF_CONTEXT_UNKNOWN',
    arrange: (world) => ({
      input: inputOf(world, {
        ...world.dataIntegrity,
        '@context': [...(world.credential['@context'] as string[]), 'https://example.org/context'],
      }),
    }),
  },
  {
    title: 'nothing to read',
    check: 'proof',
    outcome: 'unknown',
    code: 'PROOF_FORMAT_UNSUPPORTED',
    arrange: () => ({ input: { secured: '{' } }),
  },
]
