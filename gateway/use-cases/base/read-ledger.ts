import { readOnlyMethods } from '../../api/base/public.ts'
import type { Ledger } from '../../base.ts'

/** One read-only call (EIP-1474). */
export type LedgerCall = { method: string; params?: readonly unknown[] | undefined }
/** What the ledger said to it, in the members of JSON-RPC 2.0 §5. */
export type LedgerAnswer = { result: unknown } | { error: { code: number; message: string } }

/** Puts one of the six methods to the ledger; everything else is refused as JSON-RPC 2.0 §5.1 says. */
export async function readLedger(ledger: Pick<Ledger, 'request'>, { method, params = [] }: LedgerCall): Promise<LedgerAnswer> {
  if (!(readOnlyMethods as readonly string[]).includes(method))
    return { error: { code: -32601, message: 'Only read-only methods are answered here.' } }
  try {
    return { result: (await ledger.request(method, params)) ?? null }
  } catch (cause) {
    const told = cause as { error?: { code?: number; message?: string } } | null
    const code = typeof told?.error?.code === 'number' ? told.error.code : -32000
    return { error: { code, message: told?.error?.message?.slice(0, 300) ?? 'The ledger did not answer this call.' } }
  }
}
