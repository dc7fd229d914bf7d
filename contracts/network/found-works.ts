/** What founding decides about works and money: who sits on the first panels, and who may mint. */
import type { ContractName } from '../abi.ts'
import { type ContractMethod, type MethodArguments, PANELS, type Panel } from './connect.ts'
import { interfaces } from './events.ts'

/** The first members of a panel, seated by the founding timelock until the bases elect others. */
export type FoundingPanel = {
  /** Opinions that approve, and that reject, a version. */
  readonly approvals: number
  readonly rejections: number
  /** `account` signs the opinions; `baseId` is the base that the member belongs to, 0 for none; `until` is in Unix seconds. */
  readonly members: readonly { readonly account: string; readonly baseId: number; readonly until: number }[]
}

/** The first minter of the settlement token: a stand-in for the consortium's bank. */
export type FoundingMinter = {
  readonly account: string
  /** Fen that may be minted at once; they become free again evenly in `periodSeconds`. */
  readonly limit: bigint
  readonly periodSeconds: number
}

/** What a network starts with; panels that are left out stay empty, and without a minter no money is minted before a vote. */
export type FoundingOfWorks = {
  readonly panels?: Readonly<Partial<Record<Panel, FoundingPanel>>>
  readonly minter?: FoundingMinter
}

/** One call of the founding operation. */
export type FoundingCall = { readonly contract: ContractName; readonly data: string }

/** The timelock's calls for the settlement token, the panels and the minter, in order. */
export function foundingOfWorks({ panels = {}, minter }: FoundingOfWorks, settlementToken: string): FoundingCall[] {
  return [
    call('RoyaltyLedger.acceptToken', [settlementToken, true]),
    ...PANELS.flatMap((panel, number) => callsOfPanel(number, panels[panel])),
    ...(minter === undefined
      ? []
      : [
          call('SettlementToken.setMinter', [minter.account, true]),
          call('SettlementToken.setMintLimit', [minter.limit, minter.periodSeconds]),
        ]),
  ]
}

function callsOfPanel(number: number, panel: FoundingPanel | undefined): FoundingCall[] {
  if (panel === undefined) return []
  const seats = panel.members.map(({ account, baseId, until }) => call('ReviewPanels.seatMember', [number, account, baseId, 0, until]))
  return [call('ReviewPanels.setQuorum', [number, panel.approvals, panel.rejections]), ...seats]
}

function call<Method extends ContractMethod>(method: Method, args: MethodArguments<Method>): FoundingCall {
  const [contract, name] = method.split('.') as [ContractName, string]
  return { contract, data: interfaces[contract].encodeFunctionData(name, args as readonly unknown[]) }
}
