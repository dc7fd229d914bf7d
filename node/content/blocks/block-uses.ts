/** Counts who is working with a block right now, so that removing one content cannot take a block from under another's add. */
export interface BlockUses {
  /** Returns the name it was given. */
  take(name: string): string
  drop(name: string): void
  has(name: string): boolean
}

/** No block is in use at first. */
export function createBlockUses(): BlockUses {
  const uses = new Map<string, number>()
  return {
    take(name) {
      uses.set(name, (uses.get(name) ?? 0) + 1)
      return name
    },
    drop(name) {
      const left = (uses.get(name) ?? 1) - 1
      if (left > 0) uses.set(name, left)
      else uses.delete(name)
    },
    has: (name) => uses.has(name),
  }
}
