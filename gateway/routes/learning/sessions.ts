import { closeSession } from '../../use-cases/learning/close-session.ts'
import { openSession } from '../../use-cases/learning/open-session.ts'
import { downloadSessionEvidence, getSessionEvidence, putSessionJob } from '../../use-cases/learning/session-evidence.ts'
import { getSession, listSessions } from '../../use-cases/learning/show-session.ts'
import { bind, FileAnswer } from '../bind.ts'
import { streamReadings } from './stream-readings.ts'

/** Learners' sessions on machines and their evidence. */
export const sessionBindings = [
  bind('listSessions', ({ base, query }) => listSessions(base, query)),
  bind('openSession', ({ base, actor, body }) => openSession(base, actor, body)),
  bind('getSession', ({ base, params }) => getSession(base, params.sessionId)),
  bind('streamReadings', ({ base, visit, params }) => new FileAnswer(streamReadings(base, params.sessionId, visit.signal))),
  bind('putSessionJob', ({ base, actor, params, query, body }) => putSessionJob(base, actor, { ...params, ...query, bytes: body })),
  bind('closeSession', ({ base, actor, params }) => closeSession(base, actor, params)),
  bind('getSessionEvidence', ({ base, params }) => getSessionEvidence(base, params.sessionId)),
  bind(
    'downloadSessionEvidence',
    async ({ base, actor, params }) =>
      new FileAnswer(await downloadSessionEvidence(base, actor, params), { fileName: `${params.item}-${params.sessionId}` }),
  ),
]
