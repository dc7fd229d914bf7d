/** Errors of this package: misuse and outage, each with a stable code. */

/** Every code, with what to do about it. */
export const CONTRACTS_ERROR_CODES = {
  CONTRACTS_RULES_MISSING: 'The ledger does not run the Osaka rules that the contracts need; point the base at one that does.',
  CONTRACTS_WRONG_CHAIN: 'The ledger answers with another chain id than the network’s; correct the ledger’s address.',
  CONTRACTS_DEPLOYMENT_BROKEN: 'The account’s transactions are not those of this deployment; begin again with a fresh account.',
  CONTRACTS_NO_PROVIDER: 'The signer is not connected to a ledger; connect it.',
  CONTRACTS_NOT_A_NETWORK: 'The address is not the Directory of a founded network; check the descriptor.',
  CONTRACTS_VERSION_UNKNOWN: 'The ledger gave an answer that this version does not know; update the base.',
} as const

/** One of the codes above. */
export type ContractsErrorCode = keyof typeof CONTRACTS_ERROR_CODES

/** What this package throws: `code` is stable, `message` says what happened, with which value, and what to do next. */
export class ContractsError extends Error {
  readonly code: ContractsErrorCode

  constructor(code: ContractsErrorCode, happened: string, options?: ErrorOptions) {
    super(`${happened} ${CONTRACTS_ERROR_CODES[code]}`, options)
    this.name = 'ContractsError'
    this.code = code
  }
}
