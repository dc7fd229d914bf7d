import * as m from '../paraglide/messages.js'
import { getLocale } from '../paraglide/runtime.js'
import { problemMessages } from './problem-messages.ts'
import type { Trouble } from './resource.svelte.ts'

/** A problem in the language on the screen where the page knows its code; else in the base's own English, marked as such. */
export function sentenceOfTrouble(trouble: Trouble): { sentence: string; nextStep: string; lang: string } {
  if (trouble.code === 'BASE_UNREACHABLE') return { sentence: m.failed_unreachable(), nextStep: '', lang: getLocale() }
  const message = problemMessages[trouble.code]
  if (message) return { sentence: message(trouble.params as never), nextStep: '', lang: getLocale() }
  return { sentence: trouble.sentence, nextStep: trouble.nextStep || m.failed_next(), lang: 'en' }
}
