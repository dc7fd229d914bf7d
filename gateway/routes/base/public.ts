import { notFound } from '../../errors.ts'
import { askOtherBase } from '../../use-cases/base/ask-other-base.ts'
import { getIdentity } from '../../use-cases/base/issuing.ts'
import { readLedger } from '../../use-cases/base/read-ledger.ts'
import { getReceipt } from '../../use-cases/credentials/find-receipt.ts'
import { getStatusList } from '../../use-cases/credentials/status-lists.ts'
import { bind, FileAnswer } from '../bind.ts'

/** How long content is looked for among connected bases. */
const contentWaitMs = 15_000

type DidDocument = { id?: string; alsoKnownAs?: string[] } & Record<string, unknown>

/** did:webvh 1.0 §"Publishing a parallel did:web": the same document under the other name. */
const parallelDocument = (didLog: string, did: string): DidDocument => {
  const newest = JSON.parse(didLog.trim().split('\n').at(-1) ?? '{}') as { state?: DidDocument }
  const webName = did.replace(/^did:webvh:[^:]+:/, 'did:web:')
  const document = JSON.parse(JSON.stringify(newest.state ?? {}).replaceAll(did, webName)) as DidDocument
  return { ...document, id: webName, alsoKnownAs: [...new Set([...(document.alsoKnownAs ?? []), did])].filter((name) => name !== webName) }
}

/** What verifiers ask, from any page and without a sign-in. */
export const publicBindings = [
  bind('callLedger', async ({ base, body }) => ({ jsonrpc: '2.0', id: body.id, ...(await readLedger(base.ledger, body)) })),
  bind('askOtherBase', ({ base, params, body, visit }) => askOtherBase(base, { baseId: params.baseId, call: body, signal: visit.signal })),
  bind('getDidLog', ({ base }) => Buffer.from(getIdentity(base).didLog)),
  bind('getDidDocument', ({ base }) => {
    const { did, didLog } = getIdentity(base)
    return parallelDocument(didLog, did)
  }),
  bind('getStatusList', ({ base, params }) => {
    if (!/^[0-9]{1,9}$/.test(params.listId)) throw notFound('status list')
    return Buffer.from(getStatusList(base, Number(params.listId)).text)
  }),
  bind('getContent', async ({ base, params, visit }) => {
    const signal = AbortSignal.any([visit.signal, AbortSignal.timeout(contentWaitMs)])
    const content = await base.node.content.get(params.cid, { signal }).catch((cause: unknown) => {
      // Nobody had it in time: for the caller that is the same as nobody having it.
      if (cause instanceof Error && cause.name === 'TimeoutError') throw notFound('content')
      throw cause
    })
    return new FileAnswer(content, { cacheControl: 'public, max-age=31536000, immutable' })
  }),
  bind('getReceipt', ({ base, params, query }) => getReceipt(base, { ...params, ...query })),
]
