import { getUsage, listUsageBatches } from '../../use-cases/works/usage/count-usage.ts'
import { sendUsage } from '../../use-cases/works/usage/send-usage.ts'
import { settleUsage } from '../../use-cases/works/usage/settle-usage.ts'
import { bind } from '../bind.ts'

/** How works are used, and what is paid for it. */
export const usageBindings = [
  bind('getUsage', ({ base, params }) => getUsage(base, params.workId)),
  bind('listUsageBatches', ({ base, query }) => listUsageBatches(base, query)),
  bind('sendUsage', ({ base, actor, body }) => sendUsage(base, actor, body)),
  bind('settleUsage', ({ base, actor, body }) => settleUsage(base, actor, body)),
]
