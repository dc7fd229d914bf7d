import { accountInterfaces, type Deployment, planAccounts } from '@guildhall/contracts'
import type { LedgerWrite } from '../../../base.ts'
import type { IssuingBase } from '../../base/issuing.ts'

type Use = Pick<IssuingBase, 'ledger'>
type Write = Pick<LedgerWrite, 'to' | 'calldata' | 'gasLimit'>

/** What a base pays for each account in a day of UTC. The operations offer no fee, so the cost counts only where somebody else sends them. */
const limits = { operations: 50, cost: 10n ** 17n }
const sponsorGas = 100_000

/** The paymaster of the base with this account. */
export const paymasterOf = (baseAccount: string): string => planAccounts(baseAccount, limits).paymaster.address

/**
 * What is still missing on the ledger before the base can pay for an account, in order: EntryPoint and factory once for all bases, its own
 * paymaster once, and its word for this account. Anyone who deploys them gets the same contracts at the same addresses.
 */
export async function planSponsoring(base: Use, { account, baseAccount }: { account: string; baseAccount: string }): Promise<Write[]> {
  const { entryPoint, factory, paymaster } = planAccounts(baseAccount, limits)
  const missing: Write[] = []
  for (const one of [entryPoint, factory, paymaster]) if (!(await hasCode(base, one.address))) missing.push(toWrite(one))
  if (await isSponsored(base, paymaster.address, account)) return missing
  const calldata = accountInterfaces.SponsorPaymaster.encodeFunctionData('sponsor', [account, true])
  return [...missing, { to: paymaster.address, calldata, gasLimit: sponsorGas }]
}

/** Whether there is a contract at an address. */
export async function hasCode({ ledger }: Use, address: string): Promise<boolean> {
  return (await ledger.request('eth_getCode', [address, 'latest'])) !== '0x'
}

const toWrite = ({ deploy, gasLimit }: Deployment): Write => ({ to: deploy.to, calldata: deploy.data, gasLimit })

async function isSponsored({ ledger }: Use, paymaster: string, account: string): Promise<boolean> {
  const data = accountInterfaces.SponsorPaymaster.encodeFunctionData('isSponsored', [account])
  const answer = String(await ledger.request('eth_call', [{ to: paymaster, data }, 'latest']))
  return answer !== '0x' && BigInt(answer) === 1n
}
