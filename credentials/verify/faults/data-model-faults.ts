import { type Fault, reissued } from './fault.ts'

/** What the check `data-model` must answer to. */
export const dataModelFaults: readonly Fault[] = [
  { title: 'a sound certificate', check: 'data-model', outcome: 'passed', code: 'DATA_MODEL_OK', arrange: () => ({}) },
  {
    title: 'an issuer that is no URL',
    check: 'data-model',
    outcome: 'failed',
    code: 'DATA_MODEL_INVALID',
    arrange: (world) => reissued(world, { issuer: 'a school' }),
  },
  {
    title: 'an achievement without criteria',
    check: 'data-model',
    outcome: 'failed',
    code: 'DATA_MODEL_INVALID',
    arrange: (world) =>
      reissued(world, {
        credentialSubject: {
          id: 'did:example:1',
          type: ['AchievementSubject'],
          achievement: { id: 'urn:uuid:1', type: ['Achievement'], name: 'x', description: 'y' },
        },
      }),
  },
  {
    title: 'a related resource with a digest that is not its own',
    check: 'data-model',
    outcome: 'failed',
    code: 'DATA_MODEL_INVALID',
    arrange: (world) =>
      reissued(world, { relatedResource: { id: 'https://www.w3.org/ns/credentials/v2', digestSRI: `sha256-${btoa('x'.repeat(32))}` } }),
  },
  {
    title: 'a related resource that is not kept here',
    check: 'data-model',
    outcome: 'passed',
    code: 'DATA_MODEL_OK',
    note: 'DATA_MODEL_RESOURCE_NOT_HELD',
    arrange: (world) => reissued(world, { relatedResource: { id: 'https://example.org/a', digestSRI: `sha256-${btoa('x'.repeat(32))}` } }),
  },
  {
    title: 'a context that is not kept here',
    check: 'data-model',
    outcome: 'passed',
    code: 'DATA_MODEL_OK',
    note: 'DATA_MODEL_CONTEXT_NOT_HELD',
    arrange: (world) => reissued(world, { '@context': [...(world.credential['@context'] as string[]), 'https://example.org/context'] }),
  },
  {
    title: 'text that is no certificate',
    check: 'data-model',
    outcome: 'failed',
    code: 'DATA_MODEL_UNREADABLE',
    arrange: () => ({ input: { secured: 'no certificate' } }),
  },
  {
    title: 'a member named twice',
    check: 'data-model',
    outcome: 'failed',
    code: 'DATA_MODEL_UNREADABLE',
    arrange: () => ({ input: { secured: '{"type":"a","type":"b"}' } }),
  },
  {
    title: 'the older data model',
    check: 'data-model',
    outcome: 'unknown',
    code: 'DATA_MODEL_LEGACY',
    arrange: (world) => reissued(world, { '@context': ['https://www.w3.org/2018/credentials/v1'] }),
  },
]
