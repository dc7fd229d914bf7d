import type { Check, NetworkDescriptor, Reason, Verdict } from '@guildhall/credentials'
import type { Component } from 'svelte'
import type * as desk from './desk.ts'
import type { SecondOpinion, Shown } from './worker/messages.ts'

/** One check as it came in, with the time that it took. */
export interface TimedCheck extends Check {
  milliseconds: number
}

/** One certificate on the desk: its checks come in one by one, the verdict last. */
export interface Item {
  id: number
  /** Name of the file, or what stands for it. */
  name: string
  /** SHA-256 of the file, `0x` and 64 hex digits. */
  digest: string
  checks: TimedCheck[]
  verdict?: Verdict
  /** Why no certificate could be read from it. */
  problem?: string
  /** The descriptor that came with it, when its network is not listed. */
  descriptor?: NetworkDescriptor
  /** When its bundle was exported (UnixSeconds). */
  bundledAt?: number
  /** Whether the records of its bundle are believed. */
  checkpoint?: Reason | undefined
  /** What a second base had to say, where one was asked. */
  second?: SecondOpinion | undefined
}

let items = $state<Item[]>([])
let chosen = $state<number>()
let problem = $state<Problem>()
let offered = $state.raw<NetworkDescriptor>()
let shown = $state.raw<Shown>()
let isReading = $state(false)
let Findings = $state.raw<Component>()

/** What kept an input from being read at all. */
export interface Problem {
  code: 'empty' | 'unreadable' | 'too-large' | 'link' | 'link-other' | 'code'
  detail: string
  href?: string
}

/** The desk: what was handed in, and what has been found so far. Nothing of it is kept. */
export const verification = {
  get items(): Item[] {
    return items
  },
  /** The one whose findings are on the screen. */
  get item(): Item | undefined {
    return items.length === 1 ? items[0] : items.find((item) => item.id === chosen)
  },
  get isBatch(): boolean {
    return items.length > 1
  },
  get isReading(): boolean {
    return isReading
  },
  get problem(): Problem | undefined {
    return problem
  },
  get Findings(): Component | undefined {
    return items.length > 0 || problem || offered ? Findings : undefined
  },
  choose(id: number | undefined): void {
    chosen = id
  },
  /** Clears the desk. */
  clear(): void {
    items = []
    chosen = undefined
    problem = undefined
    offered = undefined
    shown = undefined
  },
  add(found: readonly Item[]): void {
    items.push(...found)
  },
  /** Holds out a network's description that was handed in by itself. */
  offerNetwork(descriptor: NetworkDescriptor): void {
    offered = descriptor
  },
  /** Takes over what was found about a presentation itself. */
  show(presentation: Shown): void {
    shown = presentation
  },
  /** The presentation that the certificates came in: who shows them, under which name. */
  get shown(): Shown | undefined {
    return shown
  },
  get offered(): NetworkDescriptor | undefined {
    return offered
  },
  refuse(why: Problem): void {
    problem = why
  },
  openFiles: (files: readonly File[]) => open((desk) => desk.openFiles(files)),
  openText: (text: string) => open((desk) => desk.openText(text)),
  openLink: (link: string) => open((desk) => desk.openLink(link)),
  openSample: () => open((desk) => desk.openSample()),
  checkAgain: () => open((desk) => desk.checkAgain()),
}

type Desk = typeof desk

let loading: Promise<Desk> | undefined

/** Loads the verifier itself, which the page does not need until something is handed in. */
export const loadVerification = {
  async now(): Promise<Desk> {
    loading ??= Promise.all([import('./desk.ts'), import('./result/Findings.svelte')]).then(([loaded, findings]) => {
      Findings = findings.default
      loaded.prepare()
      return loaded
    })
    return loading
  },
  /** After the page has been painted and nothing else is to be done. */
  whenIdle(): void {
    const wait = 'requestIdleCallback' in globalThis ? requestIdleCallback : (run: () => void) => setTimeout(run, 500)
    wait(() => void loadVerification.now())
  },
}

async function open(use: (desk: Desk) => Promise<void>): Promise<void> {
  isReading = true
  try {
    await use(await loadVerification.now())
  } finally {
    isReading = false
  }
}
