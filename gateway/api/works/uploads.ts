import { defineRoute, staff } from '../define-route.ts'
import { nothing, object, uuid } from '../fields.ts'

/** Bytes of one upload: a long film. */
export const largestUploadBytes = 8 * 1024 ** 3

const uploadParams = object({ uploadId: uuid() })
const version = { 'tus-resumable': 'Always `1.0.0`' }

/**
 * Resumable uploads by tus 1.0 (https://tus.io/protocols/resumable-upload): begin one, ask how far it came, send on from there, give it up. A
 * client for that protocol is pointed at the path of this route; answers are headers, refusals are problem details like everywhere.
 */
export const createUpload = defineRoute({
  id: 'createUpload',
  tag: 'Uploads',
  summary: 'Begin a resumable upload (tus 1.0)',
  roles: staff,
  rateLimit: 'write',
  headers: {
    ...version,
    'upload-length': 'Bytes of the whole file, as a decimal number',
    'upload-metadata': '`filename` and `filetype`, each followed by its value in base64; comma between',
  },
  response: { 201: nothing() },
  responseHeaders: { location: 'Address of the upload' },
})

/** How far an upload came: `Upload-Offset` is the number of bytes that are on the disk. */
export const findUpload = defineRoute({
  id: 'findUpload',
  tag: 'Uploads',
  summary: 'How far an upload came (tus 1.0)',
  roles: staff,
  rateLimit: 'read',
  params: uploadParams,
  headers: version,
  response: { 200: nothing() },
  responseHeaders: { 'upload-offset': 'Bytes that are here', 'upload-length': 'Bytes of the whole file' },
})

/** More bytes of an upload, from where it stands. */
export const continueUpload = defineRoute({
  id: 'continueUpload',
  tag: 'Uploads',
  summary: 'Send on with an upload (tus 1.0)',
  roles: staff,
  rateLimit: 'heavy',
  params: uploadParams,
  headers: { ...version, 'upload-offset': 'Where the bytes of the body begin', 'content-type': 'Always `application/offset+octet-stream`' },
  streamed: 'application/offset+octet-stream',
  response: { 204: nothing() },
  responseHeaders: { 'upload-offset': 'Bytes that are here now' },
})

/** Gives an upload up and deletes its bytes. One that a draft uses stays. */
export const removeUpload = defineRoute({
  id: 'removeUpload',
  tag: 'Uploads',
  summary: 'Give an upload up (tus 1.0)',
  roles: staff,
  rateLimit: 'write',
  params: uploadParams,
  headers: version,
  response: { 204: nothing() },
})
