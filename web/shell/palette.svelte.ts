let isOpen = $state(false)

/** Whether the finder (⌘K) is on the screen, and what opens and closes it. */
export const palette = {
  get isOpen(): boolean {
    return isOpen
  },
  open(): void {
    isOpen = true
  },
  close(): void {
    isOpen = false
  },
}
