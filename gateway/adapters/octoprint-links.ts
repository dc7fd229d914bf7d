import type { Base } from '../base.ts'
import type { Labs, OctoPrintLink } from '../labs/index.ts'

/** The OctoPrints that this base follows, one for each machine that has one. */
export type OctoPrintLinks = {
  find(machineId: string): OctoPrintLink | undefined
  /** Follows the machine's OctoPrint by what its row says now, in place of what it followed before. */
  follow(machineId: string): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** The words that keep an OctoPrint's key from being opened for anything else. */
export const octoPrintKeyContext = (machineId: string): string => `octoprint/${machineId}`

/** Makes the links of a base; nothing is followed before `start`. */
export function createOctoPrintLinks({ records, keys, labs }: Pick<Base, 'records' | 'keys'> & { labs: Labs }): OctoPrintLinks {
  const links = new Map<string, OctoPrintLink>()

  const follow = async (machineId: string): Promise<void> => {
    await links.get(machineId)?.stop()
    links.delete(machineId)
    const { octoPrintUrl, octoPrintKeySealed } = records.machines.get(machineId)
    if (octoPrintUrl === null || octoPrintKeySealed === null) return
    const apiKey = Buffer.from(keys.open(octoPrintKeySealed, octoPrintKeyContext(machineId))).toString()
    links.set(machineId, labs.followOctoPrint(machineId, { url: octoPrintUrl, apiKey }))
  }
  return {
    find: (machineId) => links.get(machineId),
    follow,
    start: async () => {
      for (const { machineId } of records.machines.list()) await follow(machineId)
    },
    stop: async () => {
      await Promise.all([...links.values()].map((link) => link.stop()))
      links.clear()
    },
  }
}
