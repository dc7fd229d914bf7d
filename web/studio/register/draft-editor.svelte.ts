import type { Draft, DraftBody } from '@guildhall/gateway/api'
import { createAction, createResource, type Resource, type Trouble } from '../../components/resource.svelte.ts'
import { api } from '../../shell/api.ts'

/** A draft on the screen: what the base holds of it, and what sends each change there. */
export interface DraftEditor {
  readonly draft: Resource<Draft>
  readonly account: string | undefined
  readonly baseAccount: string | undefined
  readonly isSaving: boolean
  readonly trouble: Trouble | undefined
  /** Sends a change, after those before it; resolves to whether the base took it. */
  save(change: DraftBody): Promise<boolean>
  /** Sends a change of the list of files as it then is: several uploads may begin at once. */
  changeFiles(change: (files: Files) => Files): Promise<boolean>
  reload(): Promise<void>
}

type Files = NonNullable<DraftBody['files']>

/** Reads a draft and holds it while it is edited. */
export function createDraftEditor(draftId: string): DraftEditor {
  const params = { draftId }
  const draft = createResource((signal) => api.getDraft({ params }, signal))
  const accounts = createResource((signal) => api.listDrafts(undefined, signal))
  const action = createAction()
  let newest = $state.raw<Draft>()
  let waiting = $state(0)
  let queue: Promise<unknown> = Promise.resolve()
  const held = () => newest ?? draft.value

  function inTurn(bodyOf: () => DraftBody): Promise<boolean> {
    waiting += 1
    const turn = queue.then(() =>
      action.run(async () => {
        newest = await api.updateDraft({ params, body: bodyOf() })
      }),
    )
    queue = turn
    return turn.finally(() => {
      waiting -= 1
    })
  }

  return {
    draft: {
      get state() {
        return draft.state
      },
      get value() {
        return held()
      },
      get trouble() {
        return draft.trouble
      },
      reload: draft.reload,
    },
    get account() {
      return accounts.value?.account
    },
    get baseAccount() {
      return accounts.value?.baseAccount
    },
    get isSaving() {
      return waiting > 0
    },
    get trouble() {
      return action.trouble
    },
    save: (change) => inTurn(() => change),
    changeFiles: (change) => inTurn(() => ({ files: change((held()?.files ?? []).map(({ uploadId, path }) => ({ uploadId, path }))) })),
    async reload() {
      await queue
      await draft.reload()
      newest = undefined
    },
  }
}
