import type { CredentialRecord } from './credential-record.ts'

/** A certificate of the size that bases issue: two status entries, one receipt, three competencies, a rubric of two criteria. For tests and benches. */
export function sampleRecord(changes: Partial<CredentialRecord> = {}): CredentialRecord {
  return {
    id: 'urn:uuid:7f2c1d54-5a3e-4c09-9d1b-2f6b0a6f4e11',
    networkId: '0123456789abcdef',
    issuer: { did: 'did:webvh:QmExampleScid:example.localhost', name: { 'zh-CN': '东湖学习基地', en: 'East Lake learning base' } },
    subject: {
      did: 'did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2',
      identity: { identityHash: 'sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399' },
    },
    programme: {
      programmeId: 3,
      title: { 'zh-CN': '增材制造入门：从模型到零件', en: 'Additive manufacturing: from model to part' },
      description: { 'zh-CN': '在真实的三维打印机上完成一个可测量的零件。', en: 'Make a part that can be measured, on a real 3D printer.' },
      criteria: { 'zh-CN': '独立完成切片、打印与测量。', en: 'Slice, print and measure without help.' },
      achievementType: 'MicroCredential',
      credits: 1,
      competencies: [
        { code: 'judge-situation', name: { 'zh-CN': '判断情境', en: 'Judge the situation' } },
        { code: 'carry-out-plan', name: { 'zh-CN': '制定并执行计划', en: 'Make and carry out plans' } },
      ],
      rubric: [
        {
          id: 'practice',
          name: { 'zh-CN': '实践', en: 'Practice' },
          levels: [
            { 'zh-CN': '需要帮助', en: 'With help' },
            { 'zh-CN': '独立', en: 'Alone' },
          ],
        },
      ],
    },
    levels: { practice: 2 },
    evidence: [
      {
        id: 'urn:uuid:2d0cf1a9-1f0f-4d4e-8f57-4b6bb4ad8a01',
        name: { 'zh-CN': '打印过程记录', en: 'Record of the print' },
        receipt: {
          attestation: 'device-signed',
          segment: { root: `0x${'5a'.repeat(32)}`, treeSize: 1024 },
          frames: { first: 12, last: 540 },
          contents: [
            { role: 'job', cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', mediaType: 'text/x.gcode' },
            { role: 'recording', cid: 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', mediaType: 'application/cbor' },
          ],
          commitments: { filamentMm: `0x${'c1'.repeat(32)}`, durationSeconds: `0x${'d2'.repeat(32)}` },
        },
      },
    ],
    status: [
      { list: 'https://example.localhost/status/1', index: 94_567, purpose: 'revocation' },
      { list: 'https://example.localhost/status/2', index: 94_567, purpose: 'suspension' },
    ],
    validFrom: 1_790_000_000,
    ...changes,
  }
}
