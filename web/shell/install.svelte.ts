/** What a browser hands over when it could install the page; Chromium alone has it so far, and no standard types it. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>
}

let offer = $state.raw<InstallOffer>()

/** The browser's offer to install this page, kept until somebody wants it. */
export const installation = {
  /** Whether the browser offers it now: it does not when the page is installed already. */
  get isOffered(): boolean {
    return offer !== undefined
  },
  /** Asks the person through the browser's own dialog. An offer holds for one dialog. */
  async ask(): Promise<void> {
    const held = offer
    offer = undefined
    await held?.prompt()
  },
}

/** Listens from the start: browsers make the offer once, and early. */
export function awaitInstallOffer(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offer = event as InstallOffer
  })
  addEventListener('appinstalled', () => {
    offer = undefined
  })
}
