import { AbiCoder } from 'ethers'

/** Selector of Solidity's `Error(string)` and `Panic(uint256)`. */
const ERROR = '0x08c379a0'
const PANIC = '0x4e487b71'

/** One sentence for the data that a call reverted with: the caller's own words for a custom error, Solidity's for the built-in ones. */
export function describeRevertData(data: string, describe?: (data: string) => string): string {
  if (data === '0x') return 'The call reverted without a reason.'
  try {
    if (data.startsWith(ERROR)) return String(AbiCoder.defaultAbiCoder().decode(['string'], `0x${data.slice(10)}`)[0])
    if (data.startsWith(PANIC)) return `Panic 0x${BigInt(`0x${data.slice(10)}`).toString(16)}`
    return describe?.(data) ?? `Custom error ${data.slice(0, 10)}`
  } catch {
    return `Custom error ${data.slice(0, 10)}`
  }
}
