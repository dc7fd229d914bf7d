import type { Work } from '@guildhall/gateway/api'
import type { StateLook } from '../../components/names.ts'
import * as m from '../../paraglide/messages.js'
import { versionLooks } from '../words.ts'

/** How a work stands as a whole: taken down, listed, listed with a newer version under review, or not listed yet. */
export function standingLook({ takenDown, listedVersion, newestVersion }: Work): StateLook {
  if (takenDown) return versionLooks['taken-down']()
  if (listedVersion === null) return { word: m.work_not_listed(), tone: 'plain', sign: 'clock' }
  if (listedVersion < newestVersion) return { word: m.work_listed_older({ version: listedVersion }), tone: 'ok', sign: 'check' }
  return versionLooks.listed()
}
