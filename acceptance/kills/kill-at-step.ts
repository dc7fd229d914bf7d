/**
 * Loaded into a base before everything else (`node --import`): ends the process with SIGKILL at the step of the outbox that the file
 * `KILL_STEP_FILE` names, once, as soon as the file is there.
 */
import { subscribe } from 'node:diagnostics_channel'
import { existsSync, readFileSync, rmSync } from 'node:fs'

const file = process.env['KILL_STEP_FILE'] ?? ''

subscribe('guildhall:outbox-step', (message) => {
  if (!existsSync(file)) return
  const { step, purpose } = message as { step: string; purpose: string }
  if (readFileSync(file, 'utf8') !== step || purpose !== 'assessment') return
  rmSync(file)
  process.kill(process.pid, 'SIGKILL')
})
