import jsonld from 'jsonld'
import { CredentialError } from '../../errors.ts'
import { bundledContexts } from '../contexts/index.ts'
import type { JsonObject } from '../format.ts'
import { type Refusal, refusal } from '../reasons.ts'
import { canonicaliseQuads } from './canonicalise-alike.ts'

/** The options of Data Integrity EdDSA 1.0 §3.2.3: nothing is fetched (only bundled contexts), nothing undefined passes (safe mode). */
const settings = { base: null, safe: true, rdfDirection: 'i18n-datatype', produceGeneralizedRdf: false }

/** JSON-LD → canonical N-Quads by jsonld.js and rdf-canonize: the reference for the short way, and the way of what that does not cover. */
export async function canonicaliseWithLibrary(document: JsonObject): Promise<{ canonical: string } | Refusal> {
  const expanded = await expand(document)
  return 'quads' in expanded ? canonicaliseQuads(expanded.quads) : expanded
}

async function expand(document: JsonObject): Promise<{ quads: object[] } | Refusal> {
  let unknownContext: string | undefined
  const documentLoader = async (url: string) => {
    const context = bundledContexts.get(url)
    if (context) return { contextUrl: null, documentUrl: url, document: context }
    unknownContext ??= url
    throw new CredentialError('CREDENTIAL_CONTEXT_UNKNOWN', 'The context is not bundled, and none is fetched.')
  }
  try {
    return { quads: await jsonld.toRDF(document, { ...settings, documentLoader }) }
  } catch (error) {
    if (unknownContext !== undefined) return refusal('unknown', 'proof-context-unknown', { context: unknownContext })
    return refusal('failed', 'proof-terms-undefined', { detail: describe(error) })
  }
}

/** jsonld.js names what it met in `details`: the event of safe mode, or the code of JSON-LD 1.1 API §9.6. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'not JSON-LD'
  const { details } = error as { details?: { code?: string; event?: { code?: string; details?: object } } }
  const { code, details: values = {} } = details?.event ?? {}
  const text = Object.values(values).filter((value) => typeof value === 'string')
  return [code ?? details?.code ?? error.message, ...text].join(' ')
}
