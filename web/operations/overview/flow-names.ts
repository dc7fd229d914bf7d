import type { RouteOutput } from '@guildhall/gateway/api'
import * as m from '../../paraglide/messages.js'

/** One of the five flows that a base is supervised by. */
export type Flow = RouteOutput<'getOverview'>['flows'][number]['flow']

/** What the five flows are called. */
export const flowNames: Record<Flow, () => string> = {
  safety: m.ops_flow_safety,
  people: m.ops_flow_people,
  material: m.ops_flow_material,
  information: m.ops_flow_information,
  money: m.ops_flow_money,
}
