import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Measurement } from '../run.ts'
import { checkout, inFolder, timeStart } from './start.ts'

export const figure = 'start.cold'

/** Seconds of `npm start` in a fresh clone: packages from the registry or npm's cache, contracts and web built, a network founded. */
export async function run(): Promise<Measurement[]> {
  return inFolder(async (folder) => {
    const clone = join(folder, 'clone')
    execFileSync('git', ['clone', '--quiet', checkout, clone])
    return [
      {
        figure,
        value: Number((await timeStart(clone, join(folder, 'data'))).toFixed(1)),
        unit: 's',
        peer: null,
        peerValue: null,
        ratio: null,
      },
    ]
  })
}
