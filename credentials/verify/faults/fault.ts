import type { JsonObject } from '../../formats/format.ts'
import type { VerifierPorts } from '../../ports.ts'
import type { CredentialInput, VerifyOptions } from '../case.ts'
import type { ReasonCode } from '../reasons.ts'
import { inputOf, optionsOf, secure, type World } from '../test-world.ts'
import type { CheckId, Outcome } from '../verdict.ts'

/** What a fault starts from: the sound certificate, in its world, and what a verification of it takes. */
export interface Setting {
  world: World
  input: CredentialInput
  options: VerifyOptions
}

/** One row of the fault matrix: what is wrong, and what the check must answer to it. */
export interface Fault {
  title: string
  check: CheckId
  outcome: Outcome
  code: ReasonCode
  /** What a note of the check must say, where the row is about one. */
  note?: ReasonCode
  arrange: (world: World) => Partial<Setting> | Promise<Partial<Setting>>
}

/** The setting of a row: the sound one, with what the row changes. */
export async function settingOf(fault: Fault, sound: World): Promise<Setting> {
  const changed = await fault.arrange(sound)
  const world = changed.world ?? sound
  return { world, input: changed.input ?? inputOf(world), options: changed.options ?? optionsOf(world) }
}

/** Ports of which some look-ups are answered otherwise. */
export function withPorts(
  world: World,
  change: {
    directory?: Partial<VerifierPorts['directory']>
    status?: Partial<VerifierPorts['status']>
    evidence?: Partial<VerifierPorts['evidence']>
  },
): VerifyOptions {
  const options = optionsOf(world)
  const { directory, status, evidence } = options.ports
  return {
    ...options,
    ports: {
      directory: { ...directory, ...change.directory },
      status: { ...status, ...change.status },
      evidence: { ...evidence, ...change.evidence },
    },
  }
}

/** Nobody answers. */
export const unreachable = async () => ({ outcome: 'unreachable', cause: 'unreachable', source: 'base.example' }) as const
/** Two sources answer differently. */
export const disagreement = async () => ({ outcome: 'unreachable', cause: 'disagreement', source: 'one / other' }) as const

/** The certificate with changed members, signed again by its issuer. */
export const reissued = async (world: World, changes: JsonObject) => ({
  input: inputOf(world, await secure({ ...world.credential, ...changes }, 'vc+jwt', world.issuing)),
})

/** The certificate on the older data model. */
export const legacy = (world: World) => reissued(world, { '@context': ['https://www.w3.org/2018/credentials/v1'] })
