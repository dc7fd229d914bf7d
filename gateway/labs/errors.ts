/** What each code of labs means; `{name}` stands for a parameter. Nothing personal is ever a parameter. */
export const LABS_PROBLEMS = {
  LABS_PAIRING_REFUSED: 'The pairing code is wrong, used or older than ten minutes; ask for a new one.',
  LABS_PAIRING_TOO_MANY: 'Too many wrong pairing codes; try again in {seconds} seconds.',
  LABS_PAIRING_KEY: 'The device did not prove that it holds its key: {detail}.',
  LABS_DEVICE_UNKNOWN: 'There is no device with the id {deviceId}.',
  LABS_DEVICE_LIMIT: 'The machine has {limit} devices already; revoke one first.',
  LABS_MACHINE_BUSY: 'The machine has an open session already ({sessionId}); close it first.',
  LABS_MACHINE_SILENT: 'The machine has no paired device; pair one, or connect its OctoPrint.',
  LABS_SESSION_UNKNOWN: 'There is no session with the id {sessionId}.',
  LABS_SESSION_EXISTS: 'A session with the id {sessionId} was opened before.',
  LABS_SESSION_EMPTY: 'The machine sent nothing during the session; there is no evidence to close.',
  LABS_LOG_DAMAGED: 'The telemetry file {file} is damaged at byte {offset}, before readings that are sound; restore it from a copy.',
  LABS_LOG_FAILED: 'The telemetry file could not be written ({detail}); free the disk and restart the base.',
  LABS_BROKER_PORT: 'The broker cannot listen on port {port} ({detail}); choose another port.',
  LABS_BROKER_UNREACHABLE: 'The broker at {host} did not take the connection ({detail}).',
  LABS_NOT_STARTED: 'Labs are not running.',
  LABS_JOB_REFUSED: 'The job file is refused at line {line}: {detail}.',
  LABS_RECORDING_DAMAGED: 'The recording is damaged: {detail}.',
  LABS_OCTOPRINT_REFUSED: 'OctoPrint answered {status} to {request}.',
  LABS_OCTOPRINT_UNREACHABLE: 'OctoPrint does not answer ({detail}).',
} as const

/** A stable code of labs. */
export type LabsErrorCode = keyof typeof LABS_PROBLEMS

/** Misuse or outage in labs. What a device or a file says wrong is an answer, not an error, except where noted. */
export class LabsError extends Error {
  readonly code: LabsErrorCode
  readonly params: Readonly<Record<string, string | number>>

  constructor(code: LabsErrorCode, params: Readonly<Record<string, string | number>> = {}, cause?: unknown) {
    super(
      LABS_PROBLEMS[code].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? '')),
      { cause },
    )
    this.name = 'LabsError'
    this.code = code
    this.params = params
  }
}
