import type { Component } from 'svelte'
import * as m from '../paraglide/messages.js'

type Load = () => Promise<{ default: Component }>

/** The tabs of Studio; `holds` are the first segments below /studio that belong to each. */
export const sections: readonly { id: string; title: () => string; holds: readonly string[] }[] = [
  { id: '', title: m.studio_section_works, holds: ['', 'works', 'drafts'] },
  { id: 'review', title: m.studio_section_review, holds: ['review'] },
  { id: 'licences', title: m.studio_section_licences, holds: ['licences'] },
  { id: 'statement', title: m.studio_section_statement, holds: ['statement'] },
]

const workList: Load = () => import('./works/WorkList.svelte')
const workPage: Load = () => import('./works/WorkPage.svelte')
const reader: Load = () => import('./reading/Reader.svelte')
const wizard: Load = () => import('./register/Wizard.svelte')
const queue: Load = () => import('./review/Queue.svelte')
const reviewPage: Load = () => import('./review/ReviewPage.svelte')
const licences: Load = () => import('./licences/Licences.svelte')
const statement: Load = () => import('./statement/Statement.svelte')

/** Addresses below /studio, with `n` for a number of the ledger and `id` for a draft. */
const screens: readonly (readonly [address: string, load: Load])[] = [
  ['', workList],
  ['works/n', workPage],
  ['works/n/n/n', reader],
  ['drafts/id', wizard],
  ['review', queue],
  ['review/n/n', reviewPage],
  ['licences', licences],
  ['statement', statement],
]

/** The screen of an address, by its segments below /studio, loaded when it is first needed; undefined for an address that leads nowhere. */
export function findScreen(segments: readonly string[]): Load | undefined {
  const address = segments.map((segment, place) => (place === 0 ? segment : shapeOf(segment))).join('/')
  return screens.find(([known]) => known === address)?.[1]
}

function shapeOf(segment: string): string {
  if (/^\d{1,10}$/.test(segment)) return 'n'
  return /^[0-9a-f-]{36}$/.test(segment) ? 'id' : segment
}
