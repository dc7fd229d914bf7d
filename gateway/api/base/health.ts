import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { bytes, count, json, line, list, object, oneOf } from '../fields.ts'

const part = object({ name: line(40), state: oneOf(['ready', 'starting', 'failed'] as const), detail: line(300) })

/** Answers as long as the process runs. */
export const getLiveness = defineRoute({
  id: 'getLiveness',
  tag: 'Health',
  summary: 'Whether the process runs',
  roles: 'anyone',
  rateLimit: 'read',
  response: { 200: object({ live: Type.Literal(true), uptimeSeconds: count() }) },
})

/** Whether every part of the base can do its work. Status 200 with `ready: false` tells what is missing. */
export const getReadiness = defineRoute({
  id: 'getReadiness',
  tag: 'Health',
  summary: 'Whether every part of the base is ready',
  roles: 'anyone',
  rateLimit: 'read',
  response: { 200: object({ ready: Type.Boolean(), parts: list(part, 20) }) },
})

/** Prometheus text format 0.0.4; only for this machine itself, or for an operator or auditor. */
export const getMetrics = defineRoute({
  id: 'getMetrics',
  tag: 'Health',
  summary: 'Figures for Prometheus',
  roles: 'anyone',
  rateLimit: 'read',
  response: { 200: bytes('text/plain') },
})

/** The OpenAPI 3.1 document made from these definitions. */
export const getOpenApi = defineRoute({
  id: 'getOpenApi',
  tag: 'Health',
  summary: 'This interface as an OpenAPI 3.1 document',
  roles: 'anyone',
  rateLimit: 'read',
  response: { 200: json() },
})
