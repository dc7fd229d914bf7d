import type { FastifyHelmetOptions } from '@fastify/helmet'

/** The content security policy of TRUST.md, "The local network", and what it leaves open closed. */
export const securityHeaders = (options: { connectSources: readonly string[] }): FastifyHelmetOptions => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      imgSrc: ["'self'", 'blob:', 'data:'],
      connectSrc: ["'self'", ...options.connectSources],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  crossOriginEmbedderPolicy: false,
  referrerPolicy: { policy: 'no-referrer' },
  // A certificate from an own authority changes with the base; a browser that was told to insist on it would be locked out.
  strictTransportSecurity: false,
})
