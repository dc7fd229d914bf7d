import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A Chromium that runs here, and what it must be started with. */
export interface FoundBrowser {
  executablePath: string
  args: readonly string[]
  /** Where it came from, for the report of a run. */
  source: string
}

const systemNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']
const needed = ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none']

/**
 * Finds a Chromium: `CHROMIUM_PATH`, one of the system, the npm package `@sparticuz/chromium` (Linux x64), else the system's package
 * manager where this is root. Throws with what to do when there is none: a browser test is never skipped.
 */
export async function findBrowser(): Promise<FoundBrowser> {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist. Correct it or unset it.`)
    return { executablePath: named, args: needed, source: 'CHROMIUM_PATH' }
  }
  return findOnSystem() ?? (await findPackaged()) ?? installOnSystem()
}

function findOnSystem(): FoundBrowser | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const paths = systemNames.flatMap((name) => folders.map((folder) => join(folder, name)))
  const executablePath = [...paths, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find(existsSync)
  return executablePath === undefined ? undefined : { executablePath, args: needed, source: 'system' }
}

async function findPackaged(): Promise<FoundBrowser | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  try {
    const { default: packaged } = await import('@sparticuz/chromium')
    // Its own list is for a cloud without a /tmp of its own kind and for one process; here it runs as any other Chromium.
    return { executablePath: await packaged.executablePath(), args: [...needed, '--headless=shell'], source: '@sparticuz/chromium' }
  } catch {
    return undefined
  }
}

function installOnSystem(): FoundBrowser {
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    spawnSync('sh', ['-c', 'apt-get update -q && apt-get install -y -q --no-install-recommends chromium'], { stdio: 'inherit' })
    const found = findOnSystem()
    if (found) return { ...found, source: 'apt-get' }
  }
  throw new Error(
    'No Chromium was found. Install one (for instance `apt-get install chromium`), or set CHROMIUM_PATH to it; then run the tests again.',
  )
}
