import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { paths } from '../../api/paths.ts'
import { problemOf, sendProblem } from './report-problem.ts'

/** Serves the built pages; an address that is a screen of the app gets its index page, anything else problem details. */
export const serveStaticPages = async (server: FastifyInstance, webDir: string): Promise<void> => {
  const isBuilt = existsSync(join(webDir, 'index.html'))
  if (isBuilt) {
    await server.register(fastifyStatic, {
      root: webDir,
      index: 'index.html',
      preCompressed: true,
      setHeaders: (reply, path) => {
        // Vite names these by their content; everything else may change with the next build.
        reply.header('cache-control', /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  server.setNotFoundHandler((request, reply) => {
    if (isBuilt && wantsPage(request)) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    const isKnown = patterns.some((pattern) => pattern.test(request.url.split('?')[0] ?? ''))
    return sendProblem(reply, isKnown ? problemOf('METHOD_REFUSED', { method: request.method }) : problemOf('ROUTE_NOT_FOUND'))
  })
}

const wantsPage = (request: FastifyRequest): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  // The first page is a page for every reader, also for one that does not say what it takes.
  ((request.headers.accept ?? '').includes('text/html') || request.url.split('?')[0] === '/') &&
  !request.url.startsWith('/api/')

const patterns = Object.values(paths).map(
  (path) => new RegExp(`^${(path.split(' ')[1] ?? '').replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`),
)
