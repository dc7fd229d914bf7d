import { join } from 'node:path'
import type { Measurement } from '../run.ts'
import { checkout, inFolder, timeStart } from './start.ts'

export const figure = 'start.warm'

/** Seconds of a second `npm start` on the same data, everything installed and built. */
export async function run(): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    const dataDir = join(folder, 'data')
    await timeStart(checkout, dataDir)
    return [{ figure, value: Number((await timeStart(checkout, dataDir)).toFixed(2)), unit: 's', peer: null, peerValue: null, ratio: null }]
  })
}
