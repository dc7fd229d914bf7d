import type { JsonObject } from '../format.ts'
import citizenshipV4rc1 from './citizenship-v4rc1.json' with { type: 'json' }
import clr200 from './clr-2.0.0.json' with { type: 'json' }
import clr201 from './clr-2.0.1.json' with { type: 'json' }
import credentialsExamplesV2 from './credentials-examples-v2.json' with { type: 'json' }
import credentialsV1 from './credentials-v1.json' with { type: 'json' }
import credentialsV2 from './credentials-v2.json' with { type: 'json' }
import dataIntegrityV1 from './data-integrity-v1.json' with { type: 'json' }
import dataIntegrityV2 from './data-integrity-v2.json' with { type: 'json' }
import ed255192020V1 from './ed25519-2020-v1.json' with { type: 'json' }
import guildhallV1 from './guildhall-v1.json' with { type: 'json' }
import jws2020V1 from './jws-2020-v1.json' with { type: 'json' }
import multikeyV1 from './multikey-v1.json' with { type: 'json' }
import openBadges300 from './open-badges-3.0.0.json' with { type: 'json' }
import openBadges301 from './open-badges-3.0.1.json' with { type: 'json' }
import openBadges302 from './open-badges-3.0.2.json' with { type: 'json' }
import openBadges303 from './open-badges-3.0.3.json' with { type: 'json' }
import openBadgesExtensions from './open-badges-extensions.json' with { type: 'json' }
import statusListV1 from './status-list-v1.json' with { type: 'json' }
import statusList2021V1 from './status-list-2021-v1.json' with { type: 'json' }

/** The vocabulary of VC Data Model 2.0; every credential's first context. */
export const credentialsContext = 'https://www.w3.org/ns/credentials/v2'
/** Open Badges 3.0 in its latest published context. */
export const openBadgesContext = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'
/**
 * Our own terms (telemetry receipts, corrections, the list of suspensions) as they stand inside a credential's `@context`: in full, not by a URL, so that any
 * verifier can check the signature when no server of ours answers any more. (2026-11: a name of our own would have to be fetched.)
 */
export const guildhallTerms: JsonObject = guildhallV1['@context']

/** Every JSON-LD context document that is read here, by its URL. Anything else is never fetched: such a document's proof is `unknown`. */
export const bundledContexts: ReadonlyMap<string, object> = new Map<string, object>([
  [credentialsContext, credentialsV2],
  [openBadgesContext, openBadges303],
  ['https://www.w3.org/2018/credentials/v1', credentialsV1],
  ['https://www.w3.org/ns/credentials/examples/v2', credentialsExamplesV2],
  ['https://purl.imsglobal.org/spec/ob/v3p0/context.json', openBadges300],
  ['https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json', openBadges301],
  ['https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json', openBadges302],
  ['https://purl.imsglobal.org/spec/ob/v3p0/extensions.json', openBadgesExtensions],
  ['https://purl.imsglobal.org/spec/clr/v2p0/context.json', clr200],
  ['https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json', clr201],
  ['https://w3id.org/citizenship/v4rc1', citizenshipV4rc1],
  ['https://w3id.org/security/data-integrity/v1', dataIntegrityV1],
  ['https://w3id.org/security/data-integrity/v2', dataIntegrityV2],
  ['https://w3id.org/security/multikey/v1', multikeyV1],
  ['https://w3id.org/security/suites/ed25519-2020/v1', ed255192020V1],
  ['https://w3id.org/security/suites/jws-2020/v1', jws2020V1],
  ['https://www.w3.org/ns/credentials/status/v1', statusListV1],
  ['https://w3id.org/vc/status-list/2021/v1', statusList2021V1],
])
