import { ApiError } from '@guildhall/gateway/api'
import * as m from '../paraglide/messages.js'
import { api } from '../shell/api.ts'
import { saveFile } from './save-file.ts'

/**
 * Saves a bundle, and beside it the verifier in a single file that trusts the network of this base, so that both open without it.
 * @throws ApiError when the verifier could not be had; the bundle is saved all the same
 */
export async function saveBundle(name: string, bundle: Uint8Array): Promise<void> {
  const page = await readVerifyPage().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
  saveFile(name, 'application/vnd.guildhall.bundle+zip', bundle)
  if (page instanceof Error) throw page
  saveFile('verify.html', 'text/html', page)
}

/** Puts the networks that a verify.html is to trust into the place that it keeps for them. */
export function withNetworks(page: string, networks: readonly object[]): string {
  const list = JSON.stringify(networks).replaceAll('<', '\\u003c')
  return page.replace(/(<script id="guildhall-networks"[^>]*>)[^<]*/, (_, tag: string) => `${tag}${list}`)
}

async function readVerifyPage(): Promise<string> {
  const network = await api.getNetworkDescriptor()
  const answer = await fetch('/verify.html').catch(() => undefined)
  const page = answer?.ok ? await answer.text() : ''
  // A base without its built pages answers every address with something else.
  if (!page.includes('<script id="guildhall-networks"')) {
    const detail = m.problem_verify_page_absent()
    throw new ApiError({
      type: 'about:blank',
      title: detail,
      status: answer?.status ?? 503,
      code: 'VERIFY_PAGE_ABSENT',
      detail,
      nextStep: '',
      params: {},
    })
  }
  return withNetworks(page, [network])
}
