import { openWorkFile } from '../../use-cases/works/reading/open-work-file.ts'
import { bind, FileAnswer } from '../bind.ts'

/** What a browser may show by itself. Everything else is saved: a page or picture with a program in it would act in the base's name. */
const shown = /^(?:video\/[\w.+-]+|audio\/[\w.+-]+|image\/(?:png|jpeg|gif|webp|avif)|application\/pdf|text\/plain)$/

/** Files of works as they are read. */
export const readingBindings = [
  bind('openWorkFile', async ({ base, actor, params, query, visit }) => {
    const { range, ifRange, isHead, signal } = visit
    const { file, etag, part, isPart, content } = await openWorkFile(base, actor, { ...params, ...query, range, ifRange, isHead, signal })
    const isShown = shown.test(file.mediaType)
    return new FileAnswer(content, {
      ...(isShown ? { mediaType: file.mediaType } : { fileName: file.path.split('/').at(-1) ?? 'file' }),
      status: isPart ? 206 : 200,
      headers: {
        'accept-ranges': 'bytes',
        etag,
        'content-length': String(part.length),
        ...(isPart && { 'content-range': `bytes ${part.offset}-${part.offset + part.length - 1}/${file.sizeBytes}` }),
      },
    })
  }),
]
