/** What a peer said: whether the base and it agree, and what was printed. */
export type PeerResult = { passed: boolean; lines: string[] }

/** An outside judge: a real program of others, in one version, that the base is run against. */
export type Peer = {
  /** What `npm run interop NAME` calls it. */
  name: string
  /** What was installed, for the report; known after a run where a package manager chooses it. */
  version: string
  /** @throws where the peer cannot be installed or started, which fails the run */
  run(): Promise<PeerResult>
}

/** The claims of one peer as they are checked: each becomes a line, and one that does not hold fails the peer. */
export type Claims = { say(line: string): void; hold(condition: boolean, claim: string): void; result(): PeerResult }

/** Begins a list of claims; what is said is printed as it comes, so that a long run can be followed. */
export function beginClaims(): Claims {
  const lines: string[] = []
  let passed = true
  const say = (line: string) => {
    lines.push(line)
    console.log(`  ${line}`)
  }
  return {
    say,
    hold(condition, claim) {
      if (!condition) passed = false
      say(`${condition ? '✓' : '✗'} ${claim}`)
    },
    result: () => ({ passed, lines }),
  }
}

/** Asks again until the answer is there. @throws after `timeoutMs`, naming what was waited for */
export async function until<T>(what: string, timeoutMs: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
