import { createRequire } from 'node:module'
import hardhatEthers from '@nomicfoundation/hardhat-ethers'
import { defineConfig } from 'hardhat/config'

// One compiler profile for gas figures, tests and deployment, so that what is measured is what runs. The compiler is npm's solc:
// nothing is downloaded outside the package registry.
const compiler = {
  version: '0.8.37',
  path: createRequire(import.meta.url).resolve('solc/soljson.js'),
  settings: { optimizer: { enabled: true, runs: 20_000 }, evmVersion: 'osaka' },
}

/** The bench asks for more runs of the invariants. */
const { INVARIANT_RUNS: invariantRuns = '32' } = process.env

export default defineConfig({
  plugins: [hardhatEthers],
  paths: { sources: 'contracts', tests: 'contracts' },
  solidity: {
    profiles: { default: compiler, production: compiler },
    npmFilesToBuild: ['@openzeppelin/contracts/governance/TimelockController.sol'],
  },
  // Picked for the two and a half minutes that the contracts have of `npm test` on two cores.
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: Number(invariantRuns), depth: 64, failOnRevert: true } } },
  networks: {
    inProcess: { type: 'edr-simulated', chainType: 'l1', hardfork: 'osaka' },
  },
})
