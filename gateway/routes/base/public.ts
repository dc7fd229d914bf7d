import { readOnlyMethods } from '../../api/base/public.ts'
import { notFound } from '../../errors.ts'
import { getIdentity, type IssuingBase } from '../../use-cases/base/issuing.ts'
import { getStatusList } from '../../use-cases/credentials/status-lists.ts'
import { bind, FileAnswer } from '../bind.ts'

/** How long content is looked for among connected bases. */
const contentWaitMs = 15_000

type Call = { id: string | number; method: string; params?: unknown[] }
type Answer = { jsonrpc: '2.0'; id: string | number; result?: unknown; error?: { code: number; message: string } }

/** Passes one of the six methods on; everything else is refused as JSON-RPC 2.0 §5.1 says. */
const callLedger = async (base: IssuingBase, { id, method, params = [] }: Call): Promise<Answer> => {
  const answer = (told: Pick<Answer, 'result'> | Pick<Answer, 'error'>): Answer => ({ jsonrpc: '2.0', id, ...told })
  if (!(readOnlyMethods as readonly string[]).includes(method))
    return answer({ error: { code: -32601, message: 'Only read-only methods are answered here.' } })
  try {
    return answer({ result: (await base.ledger.request(method, params)) ?? null })
  } catch (cause) {
    const told = cause as { error?: { code?: number; message?: string } } | null
    const code = typeof told?.error?.code === 'number' ? told.error.code : -32000
    return answer({ error: { code, message: told?.error?.message?.slice(0, 300) ?? 'The ledger did not answer this call.' } })
  }
}

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
  bind('callLedger', ({ base, body }) => callLedger(base, body)),
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
  bind('getReceipt', ({ base, params }) => {
    const receipt = base.records.credentials.find({ leaf: params.leaf })?.receipt
    if (!receipt) throw notFound('receipt')
    return receipt
  }),
]
