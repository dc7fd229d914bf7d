/** Gas of registering a work made from one other, its holder's signature checked. Limit: 150,000. */
import type { Measurement } from '../run.ts'
import { gasOfSignedRegistration } from './works.ts'

/** The figure's name. */
export const figure = 'royalties.gas.register-1'

/** Registers one, against Story's registering and linking of an IP to one parent. */
export async function run(): Promise<Measurement[]> {
  const value = await gasOfSignedRegistration(1)
  const story = 296_366 + 1_255_000
  return [{ figure, value, unit: 'gas', peer: 'Story register and link (quoted)', peerValue: story, ratio: value / story }]
}
