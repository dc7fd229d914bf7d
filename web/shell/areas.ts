import type { IconName } from '../components/icons.ts'
import * as m from '../paraglide/messages.js'

/** The five areas, in the order of the rail. */
export const areas: readonly { id: string; path: string; icon: IconName; title: () => string }[] = [
  { id: 'wallet', path: '/wallet', icon: 'wallet', title: m.area_wallet },
  { id: 'verify', path: '/verify', icon: 'verify', title: m.area_verify },
  { id: 'studio', path: '/studio', icon: 'studio', title: m.area_studio },
  { id: 'assembly', path: '/assembly', icon: 'assembly', title: m.area_assembly },
  { id: 'operations', path: '/operations', icon: 'operations', title: m.area_operations },
]
