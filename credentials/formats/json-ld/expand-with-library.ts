import { CredentialError } from '../../errors.ts'
import { bundledContexts } from '../contexts/index.ts'
import type { JsonObject } from '../format.ts'
import { type Quad, refusal, type ToQuads } from './quads.ts'

/** What is used of jsonld.js, which has no types of its own. */
interface JsonLd {
  toRDF(document: object, options: object): Promise<Quad[]>
}

/** The options of Data Integrity EdDSA 1.0 §3.2.3: nothing is fetched (only bundled contexts), nothing undefined passes (safe mode). */
const settings = { base: null, safe: true, rdfDirection: 'i18n-datatype', produceGeneralizedRdf: false }

/** JSON-LD → RDF by jsonld.js: the reference for the expander of our own, and the way of every document that it does not cover. */
export async function expandWithLibrary(document: JsonObject): Promise<ToQuads> {
  // A chunk of its own in the browser: most credentials never need it.
  const library: JsonLd = (await import('jsonld')).default
  let unknownContext: string | undefined
  const documentLoader = async (url: string) => {
    const context = bundledContexts.get(url)
    if (context) return { contextUrl: null, documentUrl: url, document: context }
    unknownContext ??= url
    throw new CredentialError('CREDENTIAL_CONTEXT_UNKNOWN', 'The context is not bundled, and none is fetched.')
  }
  try {
    return { quads: await library.toRDF(document, { ...settings, documentLoader }) }
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
