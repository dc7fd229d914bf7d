import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import { bundledContexts, encodeMultikey, type JsonObject, type Signer } from '@guildhall/credentials'

/** Digital Bazaar's issuing and verifying of eddsa-rdfc-2022, set up for one issuer; contexts from memory, as ours. */
export function digitalBazaar(signer: Signer) {
  const documentLoader = loaderFor(signer)
  const signing = { algorithm: 'Ed25519', id: signer.verificationMethod, sign: ({ data }: { data: Uint8Array }) => signer.sign(data) }
  return {
    issue: (credential: JsonObject, date: Date): Promise<JsonObject> =>
      vc.issue({
        credential: structuredClone(credential),
        suite: new DataIntegrityProof({ signer: signing, date, cryptosuite }),
        documentLoader,
      }),
    verify: async (credential: JsonObject): Promise<boolean> => {
      const checkStatus = async () => ({ verified: true })
      const suite = new DataIntegrityProof({ cryptosuite })
      const result = await vc.verifyCredential({ credential, suite, documentLoader, checkStatus })
      return result.verified
    },
  }
}

function loaderFor(signer: Signer) {
  const [did = ''] = signer.verificationMethod.split('#')
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1',
    id: signer.verificationMethod,
    type: 'Multikey',
    controller: did,
    publicKeyMultibase: encodeMultikey(signer),
  }
  const controller = { '@context': 'https://www.w3.org/ns/did/v1', id: did, assertionMethod: [signer.verificationMethod] }
  const documents = new Map<string, object>([...bundledContexts, [signer.verificationMethod, method], [did, controller]])
  return async (url: string) => {
    const document = documents.get(url)
    if (!document) throw new Error(`not in memory: ${url}`)
    return { contextUrl: null, documentUrl: url, document }
  }
}
