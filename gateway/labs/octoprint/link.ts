/** Where an OctoPrint is and how to enter. */
export interface OctoPrintTarget {
  /** Base address, such as `http://printer.local:5000`. */
  readonly url: string
  readonly apiKey: string
}

/** Whether the base hears the OctoPrint; `detail` is a short technical reason. */
export interface OctoPrintState {
  readonly state: 'connected' | 'connecting' | 'refused' | 'unreachable'
  readonly detail: string | null
}

/** A followed OctoPrint. */
export interface OctoPrintLink {
  readonly deviceId: string
  state(): OctoPrintState
  /** Who it is. @throws LABS_OCTOPRINT_REFUSED, LABS_OCTOPRINT_UNREACHABLE */
  identify(): Promise<{ readonly version: string; readonly printer: string | null }>
  /** Uploads a job to the printer's local store and starts it if `start`. @throws LABS_OCTOPRINT_REFUSED, LABS_OCTOPRINT_UNREACHABLE */
  sendJob(job: { readonly name: string; readonly bytes: Uint8Array; readonly start: boolean }): Promise<void>
  stop(): Promise<void>
}
