import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** `vite build` writes the application; `vite build --mode alone` writes verify.html, the verifier in a single file. */
export default defineConfig(({ mode }) => {
  const isAlone = mode === 'alone'
  return {
    root: import.meta.dirname,
    plugins: [svelte(), ...(isAlone ? [withoutWorker(), inlineEverything()] : [serviceWorker()]), compressed()],
    worker: { format: 'es' as const },
    build: {
      target: 'es2023',
      emptyOutDir: !isAlone,
      copyPublicDir: !isAlone,
      modulePreload: isAlone ? (false as const) : { polyfill: false },
      ...(isAlone ? { assetsInlineLimit: Number.MAX_SAFE_INTEGER, cssCodeSplit: false } : {}),
      rolldownOptions: {
        ...(isAlone ? { input: 'verify.html', output: { codeSplitting: false } } : {}),
        // A missing message or import is only a warning to the bundler, and would ship a broken page.
        onLog(level: string, log: { code?: string; message: string }) {
          if (level === 'warn' && (log.code === 'IMPORT_IS_UNDEFINED' || log.code === 'UNRESOLVED_IMPORT')) throw new Error(log.message)
        },
        // Modules of credentials/ do nothing when they are loaded, so what is not used is left out.
        treeshake: { moduleSideEffects: (id: string) => !/\/credentials\/[a-z]/.test(id) || id.includes('node_modules') },
      },
    },
  }
})

/** Fills service-worker.js with the list of files of this build, so that the installed page opens offline. */
function serviceWorker(): Plugin {
  return {
    name: 'guildhall-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle).filter((name) => !name.endsWith('.map'))
      const digest = createHash('sha256')
      for (const output of Object.values(bundle)) digest.update(output.type === 'chunk' ? output.code : output.source)
      const version = digest.digest('hex').slice(0, 16)
      const paths = files.map((name) => `/${name}`)
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: workerSource(version, paths) })
    },
  }
}

/**
 * The service worker keeps the page, never an answer: what the ledger or the base says is not cached, so that offline a status is
 * "could not check" and not an old "not revoked".
 */
function workerSource(version: string, paths: readonly string[]): string {
  return `const cacheName = 'guildhall-${version}'
const paths = ${JSON.stringify([...paths, '/manifest.webmanifest', '/icon.svg'])}
addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(paths)).then(() => skipWaiting()))
})
addEventListener('activate', (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name.startsWith('guildhall-') && name !== cacheName).map((name) => caches.delete(name)))
  event.waitUntil(caches.keys().then(drop).then(() => clients.claim()))
})
addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') {
    if (/\\.[a-z0-9]+$/i.test(url.pathname)) return
    event.respondWith(fetch(request).catch(() => caches.match('/index.html')))
    return
  }
  if (paths.includes(url.pathname)) event.respondWith(caches.match(url.pathname).then((held) => held ?? fetch(request)))
})
`
}

/** Lays a gzip and a brotli copy beside every text file, so that the base sends them without work. */
function compressed(): Plugin {
  return {
    name: 'guildhall-compressed',
    apply: 'build',
    enforce: 'post',
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter((entry) => /\.(?:js|css|html|svg|webmanifest)$/.test(entry))) {
        const content = readFileSync(join(dir, name))
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }))
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content))
      }
    },
  }
}

/** A single file has no second one to start a worker from: the verifier runs in the page itself. */
function withoutWorker(): Plugin {
  return {
    name: 'guildhall-without-worker',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source.endsWith('/worker-link.ts')) return this.resolve(source.replace('worker-link', 'local-link'), importer)
    },
  }
}

/** Puts script and style into verify.html itself, so that it opens from a file beside an exported bundle. */
function inlineEverything(): Plugin {
  return {
    name: 'guildhall-single-file',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['verify.html']
      if (page?.type !== 'asset') throw new Error('verify.html was not built')
      let html = String(page.source)
      for (const [name, output] of Object.entries(bundle)) {
        if (output.type === 'chunk') {
          // Vite fills its list of files to load ahead only after this plugin; here there are none.
          const code = output.code.replaceAll('__VITE_PRELOAD__', 'void 0').replaceAll('</script', '<\\/script')
          html = html.replace(tag('script', name), () => `<script type="module">${code}</script>`)
          delete bundle[name]
        } else if (name.endsWith('.css')) {
          html = html.replace(tag('link', name), () => `<style>${String(output.source)}</style>`)
          delete bundle[name]
        }
      }
      if (/(?:src|href)="\/?assets\//.test(html)) throw new Error('verify.html still refers to another file')
      page.source = html
    },
  }
}

function tag(element: 'script' | 'link', fileName: string): RegExp {
  const name = fileName.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return element === 'script'
    ? new RegExp(`<script[^>]*src="[^"]*${name}"[^>]*></script>`)
    : new RegExp(`<link[^>]*href="[^"]*${name}"[^>]*>`)
}
