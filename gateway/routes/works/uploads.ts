import type { Actor } from '../../base.ts'
import type { IssuingBase } from '../../use-cases/base/issuing.ts'
import type { UploadCall } from '../../use-cases/works/uploads/serve-uploads.ts'
import { BareAnswer, bind, type Visit } from '../bind.ts'

type Called = { base: IssuingBase; actor: Actor; visit: Visit }

const handle = async ({ base, actor, visit }: Called, method: UploadCall['method'], path: string): Promise<BareAnswer> => {
  const { headers, origin, stream } = visit
  const { status, headers: told } = await base.uploads.handle(actor, { method, path, origin, headers, body: stream })
  return new BareAnswer(status, told)
}
const place = (uploadId: string): string => `/api/uploads/${uploadId}`

/** Resumable uploads: the protocol's own words come in and go out as headers. */
export const uploadBindings = [
  bind('createUpload', (call) => handle(call, 'POST', '/api/uploads')),
  bind('findUpload', (call) => handle(call, 'HEAD', place(call.params.uploadId))),
  bind('continueUpload', (call) => handle(call, 'PATCH', place(call.params.uploadId))),
  bind('removeUpload', (call) => handle(call, 'DELETE', place(call.params.uploadId))),
]
