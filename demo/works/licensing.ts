import { openBrowser } from '../base-process.ts'
import { hold } from '../walk.ts'
import { finish, type Place, reached, refusalOf, switchOff, switchOn } from './bases.ts'
import type { Made, Works } from './creation.ts'
import { step } from './stage.ts'
import type { School } from './using.ts'

/** The bank's deposits become money on the ledger, once for each receipt. Fen. */
export function depositMoney(bank: Place, deposits: readonly { place: Place; amount: number }[]): Promise<void> {
  return step('deposits at the bank become settlement money, once for each receipt', async (say) => {
    const { client } = bank.operator
    for (const { place, amount } of deposits) {
      const account = await baseAccountOf(place)
      const body = { receipt: `deposit of base ${place.baseId}`, amount: String(amount), account }
      await finish(client, await client.recordDeposit({ body }))
      await reached('the money', async () => (await balanceOf(place)) === BigInt(amount))
      say(`base ${place.baseId}: ${yuan(amount)}`)
      const again = await refusalOf(client.recordDeposit({ body }))
      hold(again === 'DEPOSIT_RECORDED', `the same receipt makes no money twice: ${again}`)
    }
  })
}

/** The account of a base on the ledger. */
export const baseAccountOf = async ({ operator }: Place): Promise<string> => (await purseOf(operator)).account

/** What a base has. */
const balanceOf = async ({ operator }: Place): Promise<bigint> => BigInt((await purseOf(operator)).balance)

async function purseOf({ client }: Place['operator']) {
  const own = (await client.getPurse()).accounts.find(({ owner }) => owner === 'base')
  hold(own, 'the base has an account')
  return own
}

/** Fen as people read them. */
export const yuan = (fen: number | bigint | string): string => {
  const digits = String(BigInt(fen)).padStart(3, '0')
  return `¥${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Each work is offered on its terms, in words of both languages whose hashes stand on the ledger. */
export function offerWorks(works: Works): Promise<void> {
  return step('each work is offered on plain terms in both languages, their hashes on the ledger', async (say) => {
    for (const { home, workId, terms, name } of Object.values(works)) {
      const { client } = home.operator
      await finish(client, await client.setOffer({ params: { workId }, body: terms }))
      const offer = await reached('the offer', async () => (await client.getOfferText({ params: { workId } })).offers[0])
      hold(offer.wordsAreOurs, 'the hashes on the ledger are those of the words')
      say(`${name}: ${terms.pricing}${terms.price === '0' ? '' : ` ${yuan(terms.price)}`}`)
      if (name === 'bridge.webm') for (const text of Object.values(offer.text)) say(text.replaceAll('\n', ' '))
    }
  })
}

/** A base takes licences of others' works, paying at once where that is due. */
export function takeLicences(place: Place, works: readonly Made[]): Promise<void> {
  return step(`base ${place.baseId} takes licences for ${works.map(({ name }) => name).join(', ')}`, async (say) => {
    const { client } = place.operator
    const before = await balanceOf(place)
    let due = 0n
    for (const { workId, terms } of works) {
      const offer = await reached('the offer', async () => (await client.getOfferText({ params: { workId } })).offers[0])
      await finish(client, await client.takeLicence({ params: { workId }, body: { offerId: offer.offerId } }))
      if (terms.pricing === 'once') due += BigInt(terms.price)
    }
    const held = await reached('the licences', async () => {
      const { items } = await client.listLicences({ query: { side: 'held', state: 'current' } })
      return works.every(({ workId }) => items.some((licence) => licence.workId === workId)) && items
    })
    hold((await balanceOf(place)) === before - due, 'it paid what is due at once and no more')
    say(`licences ${held.map(({ licenceId }) => licenceId).join(', ')}; paid ${yuan(due)}`)
  })
}

type Reading = { home: Place; school: School; stranger: Place; work: Made }

/** Reads a sealed work at a base that holds a licence while the base that made it is off. */
export async function readWhileHomeIsOff({ home, school, stranger, work }: Reading): Promise<void> {
  const { place: reader, classIds } = school
  const [teacher] = school.teachers
  const [classId] = classIds
  hold(teacher && classId, 'there is a class with a teacher')
  const params = { workId: work.workId, version: 1, index: 0 }
  const { versions } = await reader.operator.client.getWork({ params })
  const cid = versions[0]?.files[0]?.cid ?? ''
  await step(`base ${home.baseId}, which made ${work.name}, is switched off`, () => switchOff(home))
  await step(
    `a class of base ${reader.baseId} reads ${work.name} under its licence all the same, with a key from another base`,
    async (say) => {
      const bytes = await teacher.client.openWorkFile({ params, query: { classId } })
      hold(Buffer.compare(bytes, work.bytes) === 0, 'byte for byte')
      const from = Math.floor(work.bytes.length / 2)
      const headers = { range: `bytes=${from}-${from + 999}` }
      const part = await teacher.fetch(`${reader.process.origin}/api/works/${work.workId}/versions/1/files/0?classId=${classId}`, {
        headers,
      })
      hold(part.status === 206, `a part is to be had: ${part.status}`)
      hold(Buffer.compare(new Uint8Array(await part.arrayBuffer()), work.bytes.slice(from, from + 1000)) === 0, 'the part is right')
      say(`${bytes.length} bytes, and 1,000 from the middle (${part.headers.get('content-range')})`)
    },
  )
  await step(`base ${stranger.baseId} has no licence: refused with the reason, and by CID there is only ciphertext`, async (say) => {
    const refusal = await refusalOf(stranger.operator.client.openWorkFile({ params, query: {} }))
    hold(refusal === 'READING_REFUSED', `it is refused: ${refusal}`)
    const sealed = await openBrowser(stranger.process.origin).getContent({ params: { cid } })
    const marker = Buffer.from(work.bytes.slice(0, 32))
    hold(sealed.length > work.bytes.length && !Buffer.from(sealed).includes(marker), 'the plaintext is not in it')
    say(`${refusal}; ${sealed.length} bytes of ciphertext`)
  })
  await step(`base ${home.baseId} is switched on again`, () => switchOn(home))
}
