import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withNetworks } from './save-bundle.ts'

const page = readFileSync(join(import.meta.dirname, '../verify.html'), 'utf8')

describe('the verifier that is saved beside a bundle', () => {
  it('carries the networks, whatever their names hold, and is otherwise the page itself', () => {
    const networks = [{ name: '</script><script>alert(1)</script> $& 共学', chainId: 31337 }]
    const written = withNetworks(page, networks)
    const held = /<script id="guildhall-networks" type="application\/json">(.*?)<\/script>/s.exec(written)?.[1] ?? ''
    expect(JSON.parse(held)).toEqual(networks)
    expect(written.replace(held, () => '[]')).toBe(page)
  })
})
