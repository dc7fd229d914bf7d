import Type from 'typebox'
import { defineRoute } from '../define-route.ts'
import { flag, line, list, nothing, nullable, object, optional, unixSeconds, uuid } from '../fields.ts'

const station = object({
  stationId: uuid(),
  label: line(60),
  classId: nullable(uuid()),
  openedBy: uuid(),
  openedAt: unixSeconds(),
  closesAt: unixSeconds(),
  learnerSignedIn: flag(),
})

/** Whether cards may be scanned in this browser now. */
export const getStation = defineRoute({
  id: 'getStation',
  tag: 'Stations',
  summary: 'Whether this browser is an open station',
  roles: 'anyone',
  rateLimit: 'read',
  response: { 200: object({ open: flag(), label: nullable(line(60)), closesAt: nullable(unixSeconds()) }) },
})

export const listStations = defineRoute({
  id: 'listStations',
  tag: 'Stations',
  summary: 'The stations that are open',
  roles: ['teacher', 'operator'],
  rateLimit: 'read',
  response: { 200: object({ items: list(station, 200) }) },
})

/** Makes the browser that calls it a station for the lesson and signs the teacher out of it. */
export const openStation = defineRoute({
  id: 'openStation',
  tag: 'Stations',
  summary: 'Make this browser a station for a lesson',
  roles: ['teacher'],
  rateLimit: 'write',
  body: object({ label: line(60), classId: optional(uuid()), minutes: Type.Integer({ minimum: 1, maximum: 480 }) }),
  response: { 201: station },
})

export const closeStation = defineRoute({
  id: 'closeStation',
  tag: 'Stations',
  summary: 'Close a station and sign out whoever is there',
  roles: ['teacher', 'operator'],
  rateLimit: 'write',
  params: object({ stationId: uuid() }),
  response: { 200: nothing() },
})
