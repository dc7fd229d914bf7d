let path = $state(location.pathname)
let search = $state(location.search)

/** Where the page is; reading it in a template follows every change of the address. */
export const route = {
  get path(): string {
    return path
  },
  /** The segments of the path, decoded: `/operations/learners` is `['operations', 'learners']`. */
  get segments(): readonly string[] {
    return path.split('/').filter(Boolean).map(decodeSegment)
  },
  get query(): URLSearchParams {
    return new URLSearchParams(search)
  },
}

/** Goes to a path of this page. With `replace` the step back skips the present one. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  readAddress()
  scrollTo({ top: 0 })
}

/** Starts following the browser's own steps and every plain click on a link of this page; returns what stops it. */
export function startRouter(): () => void {
  const stop = new AbortController()
  addEventListener('popstate', readAddress, { signal: stop.signal })
  document.addEventListener('click', followLink, { signal: stop.signal })
  return () => stop.abort()
}

function readAddress(): void {
  path = location.pathname
  search = location.search
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link?.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return
  if (link.getAttribute('href')?.startsWith('#')) return
  event.preventDefault()
  navigate(link.pathname + link.search)
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
