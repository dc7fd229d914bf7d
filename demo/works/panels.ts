import { hold } from '../walk.ts'
import { addStaff, finish, type Person, type Place, reached } from './bases.ts'
import { step } from './stage.ts'

const PANELS = {
  content: { members: 3, quorum: { approvals: 2, rejections: 2 } },
  technical: { members: 2, quorum: { approvals: 1, rejections: 1 } },
  expert: { members: 3, quorum: { approvals: 2, rejections: 2 } },
} as const
type PanelName = keyof typeof PANELS
/** Who sits on each panel. */
export type Panels = Record<PanelName, Person[]>

/** Seats the panels while the network has one base: from the second on the timelock waits two days, and later the bases elect. */
export function seatPanels(first: Place): Promise<Panels> {
  return step('the content panel, the technical panel and the expert committee are seated by the founding timelock', async (say) => {
    const seated: Panels = { content: [], technical: [], expert: [] }
    const { client } = first.operator
    for (const [panel, { members, quorum }] of Object.entries(PANELS) as [PanelName, (typeof PANELS)[PanelName]][]) {
      for (let seat = 0; seat < members; seat += 1) {
        const person = await addStaff(first, `${panel} ${seat + 1}`, ['examiner'])
        // Independent: a member who belonged to a base could not review that base's works.
        const body = { account: person.account, baseId: null, days: 365, ...(seat === 0 && { quorum }) }
        await finish(client, await client.seatPanelMember({ params: { panel }, body }))
        seated[panel].push(person)
      }
    }
    const shown = await reached('the panels to be on the ledger', async () => {
      const { panels } = await client.listPanels()
      return panels.every(({ panel, members }) => members.length === PANELS[panel].members) && panels
    })
    for (const { panel, approvalsNeeded, members } of shown) say(`${panel}: ${approvalsNeeded} of ${members.length} approve`)
    hold(
      shown.every(({ panel, approvalsNeeded }) => approvalsNeeded === PANELS[panel].quorum.approvals),
      'as many decide as was set',
    )
    return seated
  })
}

/** Has both panels approve versions: none is listed by one panel alone. */
export function reviewWorks(panels: Panels, workIds: readonly number[]): Promise<void> {
  return step('both panels read every work and sign opinions with reasons; each is listed with both, none with one', async (say) => {
    const began = Date.now()
    for (const workId of workIds) await opine(panels, workId, 'content')
    const [any] = panels.technical
    hold(any, 'somebody sits on the technical panel')
    for (const workId of workIds) {
      const { review, listedVersion } = await any.client.getReview({ params: { workId, version: 1 } })
      hold(review.panels.find(({ panel }) => panel === 'content')?.decision === 'approved', `the content panel approved work ${workId}`)
      hold(listedVersion === null, `work ${workId} is not listed yet`)
    }
    for (const workId of workIds) await opine(panels, workId, 'technical')
    for (const workId of workIds) {
      const { opinions } = await reached('the listing', async () => {
        const seen = await any.client.getReview({ params: { workId, version: 1 } })
        return seen.listedVersion === 1 && seen
      })
      hold(opinions.length === 3 && opinions.every(({ reasons }) => reasons !== null), `every opinion of work ${workId} has its reasons`)
    }
    say(`${workIds.length * 3} opinions on the ledger in ${((Date.now() - began) / 1000).toFixed(1)} s, their reasons on IPFS`)
  })
}

/** Opinions of as many members as the panel needs. */
async function opine(panels: Panels, workId: number, panel: 'content' | 'technical'): Promise<void> {
  const words = {
    content: '内容准确，适合初中学生。Accurate, and fit for Year 8.',
    technical: '文件能打开，能使用。The file opens and works.',
  }
  const marks =
    panel === 'content' ? { marks: { political: true, scientific: true, suitable: true, wellFormed: true } } : { approves: true }
  const jobs = panels[panel].slice(0, PANELS[panel].quorum.approvals).map(async ({ client }) => {
    return finish(client, await client.giveOpinion({ params: { workId, version: 1 }, body: { panel, reasons: words[panel], ...marks } }))
  })
  await Promise.all(jobs)
}
