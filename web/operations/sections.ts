import type { Role } from '@guildhall/gateway/api'
import type { Component } from 'svelte'
import * as m from '../paraglide/messages.js'

/** One section of Operations: its address below /operations, who may see it, and its screen. */
export interface Section {
  id: string
  title: () => string
  roles: readonly Role[]
  load: () => Promise<{ default: Component }>
}

const all = ['teacher', 'examiner', 'operator', 'auditor'] as const

/** The sections in the order of their tabs. */
export const sections: readonly Section[] = [
  { id: '', title: m.ops_section_overview, roles: all, load: () => import('./overview/Overview.svelte') },
  { id: 'sessions', title: m.ops_section_sessions, roles: all, load: () => import('./learning/Sessions.svelte') },
  { id: 'awards', title: m.ops_section_awards, roles: all, load: () => import('./certificates/Awards.svelte') },
  {
    id: 'learners',
    title: m.ops_section_learners,
    roles: ['teacher', 'examiner', 'operator'],
    load: () => import('./people/Learners.svelte'),
  },
  { id: 'roster', title: m.ops_section_roster, roles: ['operator', 'auditor'], load: () => import('./people/Roster.svelte') },
  { id: 'programmes', title: m.ops_section_programmes, roles: all, load: () => import('./learning/Programmes.svelte') },
  { id: 'machines', title: m.ops_section_machines, roles: all, load: () => import('./learning/Machines.svelte') },
  { id: 'stations', title: m.ops_section_stations, roles: ['teacher', 'operator'], load: () => import('./people/Stations.svelte') },
  { id: 'base', title: m.ops_section_base, roles: all, load: () => import('./base/Standing.svelte') },
  { id: 'staff', title: m.ops_section_staff, roles: ['operator', 'auditor'], load: () => import('./base/Staff.svelte') },
  { id: 'audit', title: m.ops_section_audit, roles: ['auditor', 'operator'], load: () => import('./base/Audit.svelte') },
]
