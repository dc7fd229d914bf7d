import { buildCredential, type CredentialRecord, didKeyOf, type JsonObject, type Signer, signerFromSeed } from '@guildhall/credentials'

/** The moment of issue, UnixSeconds. */
export const created = 1_790_000_000

/** A certificate of the size that bases issue (about 4 KB): two status entries, one telemetry receipt, competencies, a rubric. */
export async function makeSample(): Promise<{ credential: JsonObject; signer: Signer }> {
  const signer = await signerFromSeed(new Uint8Array(32).fill(7))
  return { credential: buildCredential(record(didKeyOf(signer))), signer }
}

function record(did: string): CredentialRecord {
  return {
    id: 'urn:uuid:7f2c1d54-5a3e-4c09-9d1b-2f6b0a6f4e11',
    networkId: '0123456789abcdef',
    issuer: { did, name: { 'zh-CN': '东湖学习基地', en: 'East Lake learning base' } },
    subject: {
      did: 'did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2',
      identity: { identityHash: `sha256$${'b5'.repeat(32)}` },
    },
    programme: {
      programmeId: 3,
      title: { 'zh-CN': '增材制造入门', en: 'Additive manufacturing' },
      description: { 'zh-CN': '在真实的三维打印机上完成一个零件。', en: 'Make a part on a real 3D printer.' },
      criteria: { 'zh-CN': '独立完成切片、打印与测量。', en: 'Slice, print and measure without help.' },
      achievementType: 'MicroCredential',
      credits: 1,
      competencies: [{ code: 'carry-out-plan', name: { 'zh-CN': '执行计划', en: 'Carry out plans' } }],
      rubric: [{ id: 'practice', name: { 'zh-CN': '实践', en: 'Practice' }, levels: [{ 'zh-CN': '独立', en: 'Alone' }] }],
    },
    levels: { practice: 1 },
    evidence: [
      {
        id: 'urn:uuid:2d0cf1a9-1f0f-4d4e-8f57-4b6bb4ad8a01',
        name: { 'zh-CN': '打印过程记录', en: 'Record of the print' },
        receipt: {
          attestation: 'device-signed',
          segment: { root: `0x${'5a'.repeat(32)}`, treeSize: 1024 },
          frames: { first: 12, last: 540 },
          contents: [{ role: 'job', cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', mediaType: 'text/x.gcode' }],
          commitments: { filamentMm: `0x${'c1'.repeat(32)}` },
        },
      },
    ],
    status: [
      { list: 'https://example.localhost/status/1', index: 94_567, purpose: 'revocation' },
      { list: 'https://example.localhost/status/2', index: 94_567, purpose: 'suspension' },
    ],
    validFrom: created,
  }
}
