import { ApiError, createClient } from '@guildhall/gateway/api'

/** The client of the base that serves this page. */
export const api = createClient('', (input, init) => fetch(input, init))

/** The code, sentence and next step of whatever went wrong with a call. */
export function problemOf(error: unknown): { code: string; sentence: string; nextStep: string; status: number } {
  if (error instanceof ApiError) {
    const { code, detail, nextStep, status } = error.problem
    return { code, sentence: detail, nextStep, status }
  }
  return { code: 'PAGE_ERROR', sentence: error instanceof Error ? error.message : String(error), nextStep: '', status: -1 }
}
