/** Gas of registering a work made from sixteen others, its holder's signature checked. Limit: 540,000. */
import type { Measurement } from '../run.ts'
import { gasOfSignedRegistration } from './works.ts'

/** The figure's name. */
export const figure = 'royalties.gas.register-16'

/** Registers one, against Story's registering and linking of an IP to sixteen parents, half of which have no vault yet. */
export async function run(): Promise<Measurement[]> {
  const value = await gasOfSignedRegistration(16)
  const story = 296_366 + 8_216_000
  return [{ figure, value, unit: 'gas', peer: 'Story register and link (quoted)', peerValue: story, ratio: value / story }]
}
