export { type AccountOptions, type LedgerAccount, openLedgerAccount } from './account.ts'
export type { ExpectedLedger } from './connection/check-ledger.ts'
export { type ConnectOptions, connectLedger, type LedgerConnection } from './connection/connect.ts'
export type { LedgerHead } from './connection/follow-heads.ts'
export type { EngineStatus, LedgerEngine, LedgerLog, SealedBlock } from './engines/engine.ts'
export type { SnapshotLimits } from './engines/snapshot-keeper.ts'
export { describeUnfunded, LedgerError, type LedgerErrorCode, ledgerErrorCodes } from './errors.ts'
export { createOutbox, type FinalHandler, type Outbox, type OutboxOptions, type OutboxStatus } from './outbox/outbox.ts'
export {
  OUTBOX_STEPS,
  type OutboxEntry,
  type OutboxOutcome,
  type OutboxReceipt,
  type OutboxRow,
  type OutboxState,
  type OutboxStep,
} from './outbox/outbox-row.ts'
export { type LedgerProcessOptions, runLedgerProcess } from './run-ledger-process.ts'
export { findNetworkDescriptor, type Ledger, type LedgerOptions, publishNetworkDescriptor, startLedger } from './start-ledger.ts'
