import { ApiError, createClient } from '@guildhall/gateway/api'
import type { Trouble } from '../components/resource.svelte.ts'

/** The client of the base that serves this page. */
export const api = createClient('', (input, init) => fetch(input, init))

/** The code, sentence and next step of whatever went wrong with a call. */
export function problemOf(error: unknown): Trouble {
  if (error instanceof ApiError) {
    const { code, detail, nextStep, status, params } = error.problem
    return { code, sentence: detail, nextStep, status, params: params ?? {} }
  }
  return { code: 'PAGE_ERROR', sentence: error instanceof Error ? error.message : String(error), nextStep: '', status: -1, params: {} }
}
