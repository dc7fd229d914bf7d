/**
 * `npm run demo:works`: five real works at three bases on one ledger, each a process of its own: registered, reviewed, licensed, read while
 * their base is off, used, paid, contested and ruled on. Ends with the statement and the books; exits non-zero when any step does not hold.
 */
import { rmSync } from 'node:fs'
import { addStaff, foundNetwork, joinBases } from './bases.ts'
import { findDuplicate, registerWorks } from './creation.ts'
import { balanceBooks, disputeModel, payGift, printStatement, withdraw } from './earning.ts'
import { depositMoney, offerWorks, readWhileHomeIsOff, takeLicences } from './licensing.ts'
import { reviewWorks, seatPanels } from './panels.ts'
import { conclude, folder, running } from './stage.ts'
import { enrolSchools, settleUses, useWorks } from './using.ts'

try {
  await walk()
  conclude()
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  process.exitCode = 1
} finally {
  for (const started of running) await started.kill()
  rmSync(folder, { recursive: true, force: true })
}

async function walk(): Promise<void> {
  const first = await foundNetwork()
  const panels = await seatPanels(first)
  const [second, third] = await joinBases(first)
  const places = [first, second, third] as const
  const works = await registerWorks(places)
  const { deck, model, lesson, video, program } = works
  await findDuplicate(third, works)
  await reviewWorks(
    panels,
    Object.values(works).map(({ workId }) => workId),
  )
  const deposits = [
    { place: second, amount: 200_000 },
    { place: third, amount: 500_000 },
  ]
  await depositMoney(first, deposits)
  await offerWorks(works)
  await takeLicences(second, [deck, lesson, video, program])
  const schools = await enrolSchools([second, third])
  await readWhileHomeIsOff({ home: first, school: schools[0], stranger: third, work: video })
  await takeLicences(third, [deck, model, video])
  await useWorks(schools, works)
  await settleUses([second, third])
  await payGift(second, deck, 1_003)
  const joint = await addStaff(third, 'Teacher eight')
  await disputeModel({ committee: panels.expert, payer: second, works, joint })
  const [author] = deck.creators
  if (!author) throw new Error('the deck has nobody who made it')
  await withdraw(author, "the deck's first author")
  await withdraw(joint, 'who was left out')
  await printStatement(author, "the deck's first author")
  const people = [...Object.values(works).flatMap(({ creators }) => creators), joint]
  const deposited = deposits.reduce((sum, { amount }) => sum + amount, 0)
  await balanceBooks({ places, people, deposited })
}
