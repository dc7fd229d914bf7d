import { hold } from '../walk.ts'
import { finish, type Person, type Place, reached } from './bases.ts'
import type { Made, Works } from './creation.ts'
import { yuan } from './licensing.ts'
import { step } from './stage.ts'

/** A base pays a work without a licence. */
export function payGift(place: Place, work: Made, fen: number): Promise<void> {
  return step(`base ${place.baseId} pays ${work.name} as a gift`, async (say) => {
    const before = await paidIn(place)
    await pay(place, work, fen)
    await reached('the payment', async () => (await paidIn(place)) === before + BigInt(fen))
    say(yuan(fen))
  })
}

const paidIn = async ({ operator }: Place): Promise<bigint> => BigInt((await operator.client.getBooks({ query: {} })).paidIn)

type Contested = { committee: readonly Person[]; payer: Place; works: Works; joint: Person }

/** Contests the model: its money stands still, that of others goes on; the ruling gives half of what has not flowed to who was left out. */
export async function disputeModel({ committee, payer, works, joint }: Contested): Promise<void> {
  const { model, program } = works
  const params = { workId: model.workId }
  const [one, other] = committee
  hold(one && other, 'two sit on the committee')
  const { client } = one
  await step('two members of the expert committee freeze the model, of which somebody says to have drawn half', async (say) => {
    const body = { grounds: '套件的一半由另一位老师设计。Half of the kit was designed by another teacher.', days: 30 }
    for (const member of [one, other]) await finish(member.client, await member.client.openDispute({ params, body }))
    await reached('the freeze at another base', async () => (await payer.operator.client.getWork({ params })).work.contested)
    const refusal = await pay(payer, model, 100).then(
      () => undefined,
      (error: Error) => error.message,
    )
    hold(refusal, 'the contested work is not paid')
    say(`a payment to it: ${refusal}`)
  })
  await payGift(payer, program, 10_007)
  await step('what other works earned flows; nothing flows from the contested one', async () => {
    await finish(client, await client.flowRoyalties({ body: {} }))
    const frozen = await reached('what has flowed', async () => {
      const statement = await model.creators[0]?.client.getStatement({ query: { workId: model.workId } })
      return statement?.works.find(({ isFrozen, flowed }) => isFrozen && flowed === '0')
    })
    hold(BigInt(frozen.received) > 0n, 'money is there and stands still')
  })
  await step('the committee rules: both drew it, and share what has not flowed and what is to come', async (say) => {
    const { items } = await client.listDisputes({ query: { workId: model.workId, open: true } })
    const [dispute] = items
    const [maker] = model.creators
    hold(dispute && maker, 'the dispute is open')
    const creators = [maker, joint].map(({ account }) => ({ account, share: 500_000 }))
    const body = { decision: 'rule', reason: '两人各占一半。Half each.', creators } as const
    const place = { ...params, disputeId: dispute.disputeId }
    for (const member of [one, other]) await finish(member.client, await member.client.ruleOnDispute({ params: place, body }))
    const ruled = await reached('the ruling', async () => {
      const seen = (await client.listDisputes({ query: { workId: model.workId } })).items[0]
      return (seen?.state === 'ruled' && seen.ruling) || undefined
    })
    say(`epoch ${ruled.epoch}, ${ruled.transactionHash}`)
  })
  await step('royalties flow up all three levels, what the ruling moved by the new shares', async (say) => {
    await finish(client, await client.flowRoyalties({ body: {} }))
    const { totals, lines } = await reached('the share', async () => {
      const statement = await joint.client.getStatement({ query: {} })
      return BigInt(statement.totals.claimable) > 0n && statement.totals.onTheWay === '0' && statement
    })
    hold(
      lines.some(({ kind }) => kind === 'rerouted'),
      'the statement says that a ruling moved it',
    )
    say(`who was left out is now owed ${yuan(totals.claimable)}`)
  })
}

/** A payment up to its end on the ledger. @throws where it is refused at once or fails later */
async function pay({ operator: { client } }: Place, { workId }: Made, fen: number): Promise<void> {
  await finish(client, await client.payWork({ params: { workId }, body: { amount: String(fen) } }))
}

/** Somebody withdraws what was earned; the base pays what the ledger asks for it. */
export function withdraw({ client, account, passkey }: Person, name: string): Promise<void> {
  const how = passkey ? 'by passkey from an account of ERC-4337' : 'from an account whose key the base keeps'
  return step(`${name} withdraws what was earned ${how}, without paying for the transaction`, async (say) => {
    const before = (await client.getPurse()).accounts.find((one) => one.account === account)
    hold(before && BigInt(before.claimable) > 0n, 'something is there to withdraw')
    const { withdrawalId, amount, options } = await client.startWithdrawal({ body: { account } })
    hold((options === null) === (passkey === undefined), 'the passkey is asked where there is one')
    const touched = passkey && { response: passkey.sign(options as Parameters<typeof passkey.sign>[0]) }
    await finish(client, await client.finishWithdrawal({ body: { withdrawalId, ...touched } }))
    const after = await reached('the money', async () => {
      const own = (await client.getPurse()).accounts.find((one) => one.account === account)
      return own?.claimable === '0' && own
    })
    hold(amount === before.claimable && BigInt(after.balance) === BigInt(before.balance) + BigInt(amount), 'all of it arrived, to the unit')
    say(yuan(amount))
  })
}

/** Prints a creator's statement; every line says what it came from, and the lines add up to the totals. */
export function printStatement({ client }: Person, name: string): Promise<void> {
  return step(`the statement of ${name}: every line with its source, and the lines add up`, async (say) => {
    const { lines, totals } = await client.getStatement({ query: {} })
    for (const line of [...lines].reverse()) {
      const { cause, licenceId, uses, fromWorkId, baseId } = line.source
      const from = [
        cause,
        fromWorkId === null ? null : `from work ${fromWorkId}`,
        baseId === null ? null : `base ${baseId}`,
        licenceId === null ? null : `licence ${licenceId}`,
        uses === null ? null : `${uses} uses`,
      ].filter((part) => part !== null)
      say(
        `work ${line.workId}  ${line.kind.padEnd(10)} ${line.yours.padStart(9)}  ${from.join(', ')}  ${line.transactionHash.slice(0, 14)}…`,
      )
    }
    const sum = lines.filter(({ kind }) => kind !== 'withdrawal').reduce((total, { yours }) => total + BigInt(yours), 0n)
    const { earned, withdrawn, claimable, onTheWay } = totals
    say(`earned ${yuan(earned)} = withdrawn ${yuan(withdrawn)} + to withdraw ${yuan(claimable)}; on the way ${yuan(onTheWay)}`)
    hold(BigInt(earned) === BigInt(withdrawn) + BigInt(claimable), 'earned is withdrawn and to withdraw')
    hold(sum === BigInt(earned) + BigInt(onTheWay), `the lines add up: ${sum}`)
    const sheet = new TextDecoder().decode(await client.exportStatement({ query: {} }))
    hold(sheet.trim().split('\n').length === lines.length + 1, 'the spreadsheet has a row for each line')
  })
}

type Everybody = { places: readonly Place[]; people: readonly Person[]; deposited: number }

/** Whether all money is where the books say, at every base, and none came or went beside them. */
export function balanceBooks({ places, people, deposited }: Everybody): Promise<void> {
  return step('the books balance to the unit, as every base adds them up', async (say) => {
    const all = await Promise.all(places.map(({ operator }) => operator.client.getBooks({ query: {} })))
    for (const books of all) {
      const { paidIn, withdrawn, claimable, inFlight, dust, held, strayed } = books
      hold(books.outcome === 'passed', `they balance: ${JSON.stringify(books)}`)
      hold(
        BigInt(paidIn) === [withdrawn, claimable, inFlight, dust].reduce((sum, part) => sum + BigInt(part), 0n),
        'paid in = what became of it',
      )
      hold(BigInt(held) === BigInt(paidIn) - BigInt(withdrawn) && strayed === '0', 'the pool holds exactly what is not withdrawn')
    }
    const [books] = all
    hold(books && all.every((other) => other.paidIn === books.paidIn && other.held === books.held), 'every base finds the same')
    const bases = await Promise.all(
      places.map(async ({ operator }) => (await operator.client.getPurse()).accounts.find(({ owner }) => owner === 'base')),
    )
    const own = await Promise.all(
      people.map(async ({ client, account }) => (await client.getPurse()).accounts.find((one) => one.account === account)),
    )
    const purses = [...bases, ...own].reduce((sum, one) => sum + BigInt(one?.balance ?? 0), 0n)
    say(
      `paid in ${yuan(books.paidIn)} = withdrawn ${yuan(books.withdrawn)} + to withdraw ${yuan(books.claimable)} + on the way ${yuan(books.inFlight)}`,
    )
    say(`  + lost to rounding ${books.dust} of at most ${books.dustBound} fen`)
    say(`deposited ${yuan(deposited)} = in purses ${yuan(purses)} + in the pool ${yuan(books.held)}`)
    hold(purses + BigInt(books.held) === BigInt(deposited), 'no fen came or went')
  })
}
