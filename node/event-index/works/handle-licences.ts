import type { Row } from '../tables.ts'
import { type Handlers, paused } from './handler.ts'

/** ERC-1155's own events repeat what the licences' events tell. */
const repeatsTheLicence = (): Row[] => []

/** What the Licences tell: offers, and who has a licence until when. */
export const licences = {
  'Licences.OfferMade': ({ offerId, workId, terms, textZh, textEn }) => [
    {
      table: 'index_licence_offers',
      values: {
        offer_id: offerId,
        work_id: workId,
        charge: terms.charge,
        rights: terms.rights,
        territory: Buffer.from(terms.territory.slice(2), 'hex').toString('latin1').replace(/\0+$/, ''),
        period: terms.period,
        seats: terms.seats,
        royalty_share: terms.royaltyShare,
        token: terms.token.toLowerCase(),
        price: terms.price.toString(),
        text_zh: textZh,
        text_en: textEn,
      },
    },
  ],
  'Licences.OfferWithdrawn': ({ offerId }) => [{ table: 'index_licence_offer_ends', values: { offer_id: offerId } }],
  'Licences.LicenceGiven': ({ licenceId, workId, baseId, holder, offerId, seats, until, paid }) => [
    {
      table: 'index_licences',
      values: {
        licence_id: licenceId,
        work_id: workId,
        base_id: baseId,
        holder: holder.toLowerCase(),
        offer_id: offerId,
        seats,
        until,
        paid: paid.toString(),
      },
    },
  ],
  'Licences.LicenceEnded': ({ licenceId, ending, refunded, reason }) => [
    { table: 'index_licence_ends', values: { licence_id: licenceId, ending, refunded: refunded.toString(), reason } },
  ],
  'Licences.LicenceMoved': ({ licenceId, holder }) => [
    { table: 'index_licence_moves', values: { licence_id: licenceId, holder: holder.toLowerCase() } },
  ],
  'Licences.TransferSingle': repeatsTheLicence,
  'Licences.TransferBatch': repeatsTheLicence,
  'Licences.ApprovalForAll': repeatsTheLicence,
  'Licences.URI': repeatsTheLicence,
  'Licences.PauseChanged': paused('Licences'),
} satisfies Partial<Handlers>

/** What the UsageReceipts tell: batches, their lines, what was struck, what is due and paid. */
export const usageReceipts = {
  'UsageReceipts.UsageRecorded': ({ baseId, sequence, root, fromDay, toDay, size, cid }) => [
    { table: 'index_usage_batches', values: { base_id: baseId, sequence, root, from_day: fromDay, to_day: toDay, size, cid } },
  ],
  'UsageReceipts.UsageCounted': ({ workId, baseId, licenceId, sequence, toDay, uses, teachers, classes, due }) => [
    {
      table: 'index_usage_lines',
      values: {
        work_id: workId,
        base_id: baseId,
        licence_id: licenceId,
        sequence,
        to_day: toDay,
        uses,
        teachers,
        classes,
        due: due.toString(),
      },
    },
  ],
  'UsageReceipts.UsageStruck': ({ baseId, sequence, by }) => [
    { table: 'index_usage_strikes', values: { base_id: baseId, sequence, by: by.toLowerCase() } },
  ],
  'UsageReceipts.DueLowered': ({ licenceId, amount }) => [
    { table: 'index_due_reductions', values: { licence_id: licenceId, amount: amount.toString() } },
  ],
  'UsageReceipts.UsageSettled': ({ licenceId, settlement, payer, amount }) => [
    {
      table: 'index_usage_settlements',
      values: { licence_id: licenceId, settlement, payer: payer.toLowerCase(), amount: amount.toString() },
    },
  ],
  'UsageReceipts.PauseChanged': paused('UsageReceipts'),
} satisfies Partial<Handlers>
