import type { ContractEventName, ContractEventOf } from '@guildhall/contracts'
import type { Row } from '../tables.ts'

/** Turns one event into rows: no calls, no clock, nothing but the event. */
type Handler<Name extends ContractEventName> = (args: ContractEventOf<Name>['args']) => Row[]

/** One handler for every event of every contract. */
export type Handlers = { [Name in ContractEventName]: Handler<Name> }

/** Every contract tells of its pauses in the same way. */
export const paused =
  (contract: string) =>
  ({ until }: { until: number }): Row[] => [{ table: 'index_pauses', values: { contract, until } }]
