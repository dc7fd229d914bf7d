import type { Source } from './messages.ts'

/** Everything in the sources that may be a certificate. */
export async function readSources(sources: readonly Source[]): Promise<{ certificates: readonly string[] }> {
  return { certificates: await Promise.all(sources.map(({ content }) => (typeof content === 'string' ? content : content.text()))) }
}
