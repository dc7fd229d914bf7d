import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions, Measurement } from '../run.ts'
import { CHAIN_ID, openFolder, sendHistory, startWithHistory, type Traffic } from './history.ts'
import { call, callAll, type SignedTransaction } from './workload.ts'

/**
 * Transactions of 160 k gas a second, each acknowledged after its block is on disk, from 64 senders that wait for their receipt, with 20,000
 * behind them. Peer: plain anvil, which keeps everything in memory only, given the same transactions in the same way.
 */
export const figure = 'ledger.tx'

const SHORT = 3_200
const LIMIT_MS = 20_000
const FLAGS = [
  '--quiet',
  '--no-mining',
  '--disable-min-priority-fee',
  '--base-fee',
  '0',
  '--gas-price',
  '0',
  '--hardfork',
  'osaka',
  '--gas-limit',
  '1073741824',
]

/** Measures our ledger, then the peer, with the same signed transactions. */
export async function run({ count = SHORT }: BenchOptions): Promise<Measurement[]> {
  const folder = openFolder('ledger-tx')
  try {
    const { ledger, rpcUrl, traffic } = await startWithHistory(folder.path, count)
    const value = await measure(rpcUrl, traffic, (signed) => sendToLedger(rpcUrl, signed))
    ledger.kill('SIGTERM')
    await ledger.ended
    const peerValue = await measurePeer(traffic)
    return [{ figure, value, unit: 'tx/s', peer: 'anvil 1.7.1, in memory', peerValue, ratio: round(value / peerValue) }]
  } finally {
    folder.remove()
  }
}

async function measure(rpcUrl: string, traffic: Traffic, send: (signed: SignedTransaction) => Promise<void>): Promise<number> {
  const before = Number(await call<string>(rpcUrl, 'eth_blockNumber', []))
  const started = performance.now()
  const done: SignedTransaction[] = []
  await Promise.all(
    traffic.measured.map(async (mine) => {
      for (const signed of mine) {
        if (performance.now() - started > LIMIT_MS) return
        await send(signed)
        done.push(signed)
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  await assertGas(rpcUrl, done.at(-1))
  const blocks = Number(await call<string>(rpcUrl, 'eth_blockNumber', [])) - before
  process.stderr.write(`ledger.tx: ${done.length} transactions in ${blocks} blocks and ${seconds.toFixed(1)} s at ${rpcUrl}\n`)
  return round(done.length / seconds)
}

async function sendToLedger(rpcUrl: string, { raw, hash }: SignedTransaction): Promise<void> {
  await call(rpcUrl, 'eth_sendRawTransaction', [raw])
  const receipt = await call<{ status: string } | null>(rpcUrl, 'eth_getTransactionReceipt', [hash])
  if (receipt?.status !== '0x1') throw new Error(`${hash} has no good receipt`)
}

async function sendToPeer(rpcUrl: string, { raw, hash }: SignedTransaction): Promise<void> {
  await call(rpcUrl, 'eth_sendRawTransaction', [raw])
  for (let attempt = 0; attempt < 6_000; attempt += 1) {
    const receipt = await call<{ status: string } | null>(rpcUrl, 'eth_getTransactionReceipt', [hash])
    if (receipt !== null) return
    await sleep(5)
  }
  throw new Error(`${hash} was not mined by the peer`)
}

async function measurePeer(traffic: Traffic): Promise<number> {
  const port = await findPort()
  const rpcUrl = `http://127.0.0.1:${port}/`
  const child: ChildProcess = spawn(findAnvil(), [...FLAGS, '--port', String(port), '--chain-id', String(CHAIN_ID)], { stdio: 'ignore' })
  try {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (
        await call(rpcUrl, 'eth_chainId', []).then(
          () => true,
          () => false,
        )
      )
        break
      await sleep(50)
    }
    await callAll(rpcUrl, [['eth_sendRawTransaction', [traffic.workload.deployment.raw]]])
    await call(rpcUrl, 'evm_mine', [])
    for (let offset = 0; offset < traffic.history.length; offset += 400) {
      await sendHistory(rpcUrl, traffic.history.slice(offset, offset + 400))
      await call(rpcUrl, 'evm_mine', [])
    }
    await call(rpcUrl, 'evm_setAutomine', [true])
    return await measure(rpcUrl, traffic, (signed) => sendToPeer(rpcUrl, signed))
  } finally {
    child.kill('SIGKILL')
  }
}

async function assertGas(rpcUrl: string, signed: SignedTransaction | undefined): Promise<void> {
  const receipt = await call<{ gasUsed: string }>(rpcUrl, 'eth_getTransactionReceipt', [signed?.hash])
  const gas = Number(receipt.gasUsed)
  if (gas < 155_000 || gas > 165_000) throw new Error(`a transaction used ${gas} gas instead of 160,000`)
}

function findAnvil(): string {
  const ours = createRequire(createRequire(import.meta.url).resolve('@guildhall/node/ledger'))
  const wrapper = createRequire(ours.resolve('@foundry-rs/anvil/package.json'))
  return wrapper.resolve(`@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/anvil`)
}

async function findPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const round = (value: number) => Math.round(value * 100) / 100
