import type { JsonObject } from '../../formats/format.ts'
import { proofFormats } from '../../formats/formats.ts'
import { signerFromSeed } from '../../keys/did-key.ts'
import { encodeStatusList } from '../../status/status-list.ts'
import {
  inputOf,
  makeList,
  optionsOf,
  type PublishedList,
  publish,
  secure,
  statusIndex,
  times,
  type World,
  withFacts,
  withLists,
} from '../test-world.ts'
import { disagreement, type Fault, legacy, reissued, unreachable, withPorts } from './fault.ts'

const first = times.issued + 100
const second = times.issued + 5000
const history = (world: World, ...lists: PublishedList[]) => ({ options: optionsOf(world, withLists(world.book, [lists])) })
const clear = (world: World, recordedAt = first) => makeList(world, { purpose: 'revocation', recordedAt })
const revoked = (world: World, recordedAt = second) => makeList(world, { purpose: 'revocation', set: [statusIndex], recordedAt })
const suspended = (world: World) => makeList(world, { purpose: 'suspension', set: [statusIndex], recordedAt: second })
const entry = (world: World, changes: JsonObject) =>
  reissued(world, { credentialStatus: { ...([world.credential['credentialStatus']].flat()[0] as JsonObject), ...changes } })

/** A list whose subject is changed before it is signed. */
async function altered(world: World, changes: JsonObject) {
  const list = await clear(world)
  const document = proofFormats['vc+jwt'].read(list.document.text)
  const text = String(
    await secure(
      { ...document, credentialSubject: { ...(document['credentialSubject'] as JsonObject), ...changes } },
      'vc+jwt',
      world.issuing,
    ),
  )
  return history(world, publish({ ...list, recordedAt: first, text }))
}

/** What the check `status` must answer to. */
export const statusFaults: readonly Fault[] = [
  {
    title: 'an idle ledger whose last block is three days old, seen today',
    check: 'status',
    outcome: 'passed',
    code: 'STATUS_CLEAR',
    arrange: (world) => {
      const now = times.now + 3 * 86_400
      const provenance = { ...world.book.provenance, seenAt: now }
      return { options: { ...optionsOf(world, { ...world.book, provenance }), now } }
    },
  },
  { title: 'the older data model', check: 'status', outcome: 'unknown', code: 'STATUS_LEGACY', arrange: legacy },
  { title: 'neither list has the bit', check: 'status', outcome: 'passed', code: 'STATUS_CLEAR', arrange: () => ({}) },
  {
    title: 'two entries side by side, as the data model allows, under the terms of before',
    check: 'status',
    outcome: 'passed',
    code: 'STATUS_CLEAR',
    arrange: (world) => sideBySide(world),
  },
  {
    title: 'suspended by the second of two entries side by side',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_SUSPENDED',
    arrange: async (world) => ({
      ...(await sideBySide(world)),
      ...history(world, await makeList(world, { purpose: 'suspension', recordedAt: first }), await suspended(world)),
    }),
  },
  {
    title: 'more entries than are looked up',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_ENTRY_INVALID',
    arrange: (world) =>
      reissued(world, { credentialStatus: Array.from({ length: 9 }, () => world.credential['credentialStatus'] as JsonObject) }),
  },
  {
    title: 'an entry for suspension that is no object',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_ENTRY_INVALID',
    arrange: (world) => entry(world, { suspension: 'https://example.localhost/status/2' }),
  },
  {
    title: 'a suspension that was lifted',
    check: 'status',
    outcome: 'passed',
    code: 'STATUS_CLEAR',
    arrange: async (world) =>
      history(world, await suspended(world), await makeList(world, { purpose: 'suspension', recordedAt: second + 60 })),
  },
  {
    title: 'a list that is not on the ledger yet, found at its URL',
    check: 'status',
    outcome: 'passed',
    code: 'STATUS_CLEAR',
    arrange: (world) => ({
      options: optionsOf(
        world,
        withFacts(world.book, (fact) => (fact.kind === 'status-heads' ? undefined : fact)),
      ),
    }),
  },
  {
    title: 'no status named',
    check: 'status',
    outcome: 'passed',
    code: 'STATUS_NOT_DECLARED',
    arrange: async (world) => {
      const { credentialStatus: _, ...rest } = world.credential
      return { input: inputOf(world, await secure(rest, 'vc+jwt', world.issuing)) }
    },
  },
  {
    title: 'a message beside the bits',
    check: 'status',
    outcome: 'passed',
    code: 'STATUS_CLEAR',
    note: 'STATUS_MESSAGE',
    arrange: (world) =>
      entry(world, {
        statusMessage: [
          { status: '0x0', message: 'in force' },
          { status: '0x1', message: 'withdrawn' },
        ],
      }),
  },
  {
    title: 'revoked by the second head',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_REVOKED',
    arrange: async (world) => history(world, await clear(world), await revoked(world), await revoked(world, second + 60)),
  },
  {
    title: 'revoked, and the history can not be had',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_REVOKED_AT_LATEST',
    arrange: async (world) => ({
      options: {
        ...history(world, await revoked(world)).options,
        ports: {
          ...history(world, await revoked(world)).options.ports,
          status: { ...history(world, await revoked(world)).options.ports.status, listHeads: unreachable },
        },
      },
    }),
  },
  {
    title: 'suspended by the second head',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_SUSPENDED',
    arrange: async (world) => history(world, await makeList(world, { purpose: 'suspension', recordedAt: first }), await suspended(world)),
  },
  {
    title: 'suspended, and an earlier list can not be had',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_SUSPENDED_AT_LATEST',
    arrange: async (world) => forgotten(world),
  },
  {
    title: 'replaced by a corrected one',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_SUPERSEDED',
    arrange: async (world) =>
      history(
        world,
        await clear(world),
        await makeList(world, {
          purpose: 'revocation',
          set: [statusIndex],
          recordedAt: second,
          supersessions: new Map([[statusIndex, { by: 'urn:uuid:new', why: 'the level was wrong' }]]),
        }),
      ),
  },
  {
    title: 'an entry whose index is no number',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_ENTRY_INVALID',
    arrange: (world) => entry(world, { statusListIndex: '-1' }),
  },
  {
    title: 'an index beyond the list',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_LIST_DEFECT',
    arrange: (world) => entry(world, { statusListIndex: '131072' }),
  },
  {
    title: 'a list for another purpose',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_LIST_DEFECT',
    arrange: (world) => altered(world, { statusPurpose: 'message' }),
  },
  {
    title: 'a list that is too short',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_LIST_DEFECT',
    arrange: (world) => altered(world, { encodedList: encodeStatusList({ length: 8000, entrySize: 1, bytes: new Uint8Array(1000) }) }),
  },
  {
    title: 'a list that does not unpack',
    check: 'status',
    outcome: 'failed',
    code: 'STATUS_LIST_DEFECT',
    arrange: (world) => altered(world, { encodedList: 'uAAAA' }),
  },
  {
    title: 'a snapshot of three days ago',
    check: 'status',
    outcome: 'unknown',
    code: 'STATUS_STALE',
    arrange: (world) => ({ options: { ...optionsOf(world), now: times.now + 3 * 86_400 } }),
  },
  {
    title: 'a list that can not be had',
    check: 'status',
    outcome: 'unknown',
    code: 'STATUS_UNREACHABLE',
    arrange: (world) => ({ options: withPorts(world, { status: { findList: unreachable, findHead: unreachable } }) }),
  },
  {
    title: 'two bases that disagree about the head',
    check: 'status',
    outcome: 'unknown',
    code: 'STATUS_SOURCES_DISAGREE',
    arrange: (world) => ({ options: withPorts(world, { status: { findHead: disagreement } }) }),
  },
  {
    title: 'an old list in place of the ledger’s',
    check: 'status',
    outcome: 'unknown',
    code: 'STATUS_LIST_NOT_THE_LEDGERS',
    arrange: async (world) => replaced(world),
  },
  {
    title: 'a list signed by another key',
    check: 'status',
    outcome: 'unknown',
    code: 'STATUS_LIST_UNPROVEN',
    arrange: async (world) =>
      history(
        world,
        await makeList(world, { purpose: 'revocation', signer: await signerFromSeed(new Uint8Array(32).fill(50), world.did) }),
      ),
  },
  {
    title: 'a list issued by another',
    check: 'status',
    outcome: 'unknown',
    code: 'STATUS_LIST_UNPROVEN',
    arrange: async (world) => history(world, await makeList(world, { purpose: 'revocation', issuerId: 'did:web:elsewhere.example' })),
  },
  {
    title: 'a status type that is not known',
    check: 'status',
    outcome: 'unknown',
    code: 'STATUS_TYPE_UNSUPPORTED',
    arrange: (world) => entry(world, { type: '1EdTechRevocationList' }),
  },
]

/** As certificates were made before: two entries, and no term for the second; by a Data Integrity proof, which reads the terms. */
async function sideBySide(world: World) {
  const { credentialStatus, '@context': contexts, ...rest } = world.credential
  const { suspension, ...revocation } = credentialStatus as JsonObject
  const [base, badges, own] = contexts as [string, string, JsonObject]
  const { suspension: _, ...before } = own
  const credential = { '@context': [base, badges, before], ...rest, credentialStatus: [revocation, suspension as JsonObject] }
  return { input: { secured: await secure(credential, 'eddsa-rdfc-2022', world.issuing) } }
}

async function forgotten(world: World) {
  const [early, late] = [await makeList(world, { purpose: 'suspension', recordedAt: first }), await suspended(world)]
  const book = withLists(world.book, [[early, late]])
  const lists = new Map(book.lists)
  lists.delete(early.head.cid)
  return { options: optionsOf(world, { ...book, lists }) }
}

async function replaced(world: World) {
  const [old, latest] = [await clear(world), await revoked(world)]
  const book = withLists(world.book, [[old, latest]])
  return {
    options: optionsOf(world, { ...book, lists: new Map([...book.lists, [latest.head.cid, old.document], [old.url, old.document]]) }),
  }
}
