import type { HeldCredential } from '@guildhall/gateway/api'
import * as m from '../paraglide/messages.js'
import type { IconName } from './icons.ts'

/** The ten experiment directions. */
export const directionNames: Readonly<Record<string, () => string>> = {
  'digital-manufacturing': m.direction_digital_manufacturing,
  'robots-intelligent-equipment': m.direction_robots_intelligent_equipment,
  'aerospace-exploration': m.direction_aerospace_exploration,
  'digital-learning': m.direction_digital_learning,
  'chinese-culture': m.direction_chinese_culture,
  'digital-music-sport-sensory': m.direction_digital_music_sport_sensory,
  'green-smart-environment': m.direction_green_smart_environment,
  'emergency-safety': m.direction_emergency_safety,
  medicine: m.direction_medicine,
  'brain-cognition': m.direction_brain_cognition,
}

/** The colour of a tag. */
type Tone = 'ok' | 'unsure' | 'bad' | 'plain'

/** Word, sign and tone of something's state. */
export interface StateLook {
  word: string
  tone: Tone
  sign: IconName
}

/** How the state of a certificate is shown; one that ends within 30 days says so. */
export function certificateLook(held: Pick<HeldCredential, 'state' | 'validUntil'>, now: number): StateLook {
  const days = held.validUntil === null ? undefined : Math.ceil((held.validUntil - now) / 86_400)
  if (held.state === 'valid' && days !== undefined && days <= 30 && days > 0) {
    return { word: m.state_expires_in({ days }), tone: 'unsure', sign: 'clock' }
  }
  return certificateStates[held.state]()
}

const certificateStates: Record<HeldCredential['state'], () => StateLook> = {
  valid: () => ({ word: m.state_valid(), tone: 'ok', sign: 'check' }),
  suspended: () => ({ word: m.state_suspended(), tone: 'unsure', sign: 'question' }),
  revoked: () => ({ word: m.state_revoked(), tone: 'bad', sign: 'cross' }),
  superseded: () => ({ word: m.state_superseded(), tone: 'bad', sign: 'cross' }),
  expired: () => ({ word: m.state_expired(), tone: 'bad', sign: 'clock' }),
}
