let sentence = $state<string>()

/** The one plain sentence of state below the title; each section says its own. */
export const pageState = {
  get sentence(): string | undefined {
    return sentence
  },
  say(text: string | undefined): void {
    sentence = text
  },
}
