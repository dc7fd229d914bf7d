let seconds = $state(Math.floor(Date.now() / 1000))
let ticking: ReturnType<typeof setInterval> | undefined
let readers = 0

/** The present time (UnixSeconds) for screens; reading it in a template follows every second while `watchClock` is in use. */
export function nowSeconds(): number {
  return seconds
}

/** Keeps `nowSeconds` going while something on the screen counts; returns what stops it. Use with `onMount`. */
export function watchClock(): () => void {
  readers += 1
  seconds = Math.floor(Date.now() / 1000)
  ticking ??= setInterval(() => {
    seconds = Math.floor(Date.now() / 1000)
  }, 1000)
  return () => {
    readers -= 1
    if (readers > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}
