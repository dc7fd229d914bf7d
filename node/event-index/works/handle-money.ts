import { type Handlers, paused } from './handler.ts'

/** What the RoyaltyLedger tells: what works are paid, how it flows, who withdraws it. */
export const royalties = {
  'RoyaltyLedger.WorkPaid': ({ workId, token, payer, epoch, amount, cause }) => [
    {
      table: 'index_payments',
      values: { work_id: workId, token: token.toLowerCase(), payer: payer.toLowerCase(), epoch, amount: amount.toString(), cause },
    },
  ],
  'RoyaltyLedger.RoyaltiesFlowed': ({ workId, token, epoch, flowed }) => [
    { table: 'index_flows', values: { work_id: workId, token: token.toLowerCase(), epoch, flowed: flowed.toString() } },
  ],
  'RoyaltyLedger.RoyaltyArrived': ({ parentId, token, workId, parentEpoch, amount }) => [
    {
      table: 'index_arrivals',
      values: { parent_id: parentId, token: token.toLowerCase(), work_id: workId, parent_epoch: parentEpoch, amount: amount.toString() },
    },
  ],
  'RoyaltyLedger.RoyaltiesRerouted': ({ workId, token, from, to, amount }) => [
    {
      table: 'index_reroutes',
      values: { work_id: workId, token: token.toLowerCase(), from_epoch: from, to_epoch: to, amount: amount.toString() },
    },
  ],
  'RoyaltyLedger.RoyaltiesWithdrawn': ({ workId, token, account, epoch, to, amount }) => [
    {
      table: 'index_withdrawals',
      values: {
        work_id: workId,
        token: token.toLowerCase(),
        account: account.toLowerCase(),
        epoch,
        recipient: to.toLowerCase(),
        amount: amount.toString(),
      },
    },
  ],
  'RoyaltyLedger.TokenAccepted': ({ token, accepted }) => [
    { table: 'index_accepted_tokens', values: { token: token.toLowerCase(), is_accepted: Number(accepted) } },
  ],
  'RoyaltyLedger.PauseChanged': paused('RoyaltyLedger'),
} satisfies Partial<Handlers>

/** What the SettlementToken tells: deposits, payouts and transfers. */
export const settlementToken = {
  'SettlementToken.MinterChanged': ({ minter, allowed }) => [
    { table: 'index_minters', values: { minter: minter.toLowerCase(), is_allowed: Number(allowed) } },
  ],
  'SettlementToken.MintLimitChanged': ({ amount, period }) => [
    { table: 'index_mint_limits', values: { amount: amount.toString(), period } },
  ],
  'SettlementToken.Minted': ({ depositReceipt, to, minter, amount }) => [
    {
      table: 'index_mints',
      values: { deposit_receipt: depositReceipt, recipient: to.toLowerCase(), minter: minter.toLowerCase(), amount: amount.toString() },
    },
  ],
  'SettlementToken.Redeemed': ({ payoutReceipt, holder, amount }) => [
    { table: 'index_redemptions', values: { payout_receipt: payoutReceipt, holder: holder.toLowerCase(), amount: amount.toString() } },
  ],
  'SettlementToken.Transfer': ({ from, to, value }) => [
    { table: 'index_transfers', values: { sender: from.toLowerCase(), recipient: to.toLowerCase(), amount: value.toString() } },
  ],
  // Who may spend is asked of the token itself; nothing has moved yet.
  'SettlementToken.Approval': () => [],
  'SettlementToken.PauseChanged': paused('SettlementToken'),
  // EIP-5267; the domain is fixed when the contract is deployed.
  'SettlementToken.EIP712DomainChanged': () => [],
} satisfies Partial<Handlers>
