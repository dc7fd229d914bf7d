let title = $state<string>()
let sentence = $state<string>()

/** What the screen that is open is called, and its one plain sentence of state; each screen says its own. */
export const pageState = {
  get title(): string | undefined {
    return title
  },
  get sentence(): string | undefined {
    return sentence
  },
  say(words: { title?: string; sentence?: string }): void {
    title = words.title
    sentence = words.sentence
  },
}
