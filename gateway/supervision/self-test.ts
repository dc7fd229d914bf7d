import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SelfTestLine } from '../api/base/first-run.ts'
import { findIdentity, type IssuingBase } from '../use-cases/base/issuing.ts'
import { programWrittenAt } from './start/check-clock.ts'

type Line = Omit<SelfTestLine, 'id'>
type Test = (base: IssuingBase) => Line | Promise<Line>

const line = (outcome: Line['outcome'], title: [string, string], detail: [string, string], fix?: [string, string]): Line => ({
  outcome,
  title: { 'zh-CN': title[0], en: title[1] },
  detail: { 'zh-CN': detail[0], en: detail[1] },
  ...(fix && { fix: { 'zh-CN': fix[0], en: fix[1] } }),
})

/** The lines of the self-test in the order in which they are shown. */
const tests: readonly [SelfTestLine['id'], Test][] = [
  ['clock', async (base) => testClock(base)],
  ['disk', (base) => testDisk(base.supervision.freeBytes())],
  ['folder', (base) => testFolder(base.config.dataDir)],
  ['keys', (base) => testKeys(base.keys.protection)],
  ['ledger', async (base) => testLedger(base)],
  ['contracts', (base) => testContracts(base)],
  ['node', (base) => testNode(base)],
  ['broker', (base) => testBroker(base)],
  ['https', (base) => testHttps(base)],
]

/** Looks at every part now. A test that fails by itself is a red line, never an error. */
export async function runSelfTest(base: IssuingBase): Promise<{ lines: SelfTestLine[] }> {
  const lines: SelfTestLine[] = []
  for (const [id, test] of tests) lines.push({ id, ...(await attempt(test, base)) })
  return { lines }
}

const attempt = async (test: Test, base: IssuingBase): Promise<Line> => {
  try {
    return await test(base)
  } catch {
    return line(
      'red',
      ['检查失败', 'The test itself failed'],
      ['该部件没有回应。', 'The part did not answer.'],
      ['重新启动基地。', 'Start the base again.'],
    )
  }
}

const testClock = async (base: IssuingBase): Promise<Line> => {
  const now = base.clock.now()
  const block = (await base.ledger.request('eth_getBlockByNumber', ['latest', false])) as { timestamp?: string } | null
  const drift = block?.timestamp ? Number.parseInt(block.timestamp, 16) - now : 0
  if (now < programWrittenAt || drift > 60) {
    return line(
      'red',
      ['时钟不准', 'The clock is wrong'],
      [`比账本慢 ${drift} 秒。`, `It is ${drift} s behind the ledger.`],
      ['请校准本机时钟。', 'Set the clock of this machine.'],
    )
  }
  return line('green', ['时钟正常', 'The clock is right'], ['与账本时间一致。', 'It agrees with the ledger.'])
}

const testDisk = (free: number): Line => {
  const told: [string, string] = [`剩余 ${(free / 1e9).toFixed(1)} GB。`, `${(free / 1e9).toFixed(1)} GB are free.`]
  if (free < 1e9) return line('red', ['磁盘空间不足', 'The disk is nearly full'], told, ['请清理磁盘。', 'Make space on the disk.'])
  if (free < 5e9)
    return line('amber', ['磁盘空间偏少', 'The disk is filling up'], told, ['请尽快清理磁盘。', 'Make space on the disk soon.'])
  return line('green', ['磁盘空间充足', 'There is room on the disk'], told)
}

const testFolder = (dataDir: string): Line => {
  accessSync(dataDir, constants.R_OK | constants.W_OK)
  const isPrivate = (statSync(dataDir).mode & 0o077) === 0 && (statSync(join(dataDir, 'keys')).mode & 0o077) === 0
  return isPrivate
    ? line('green', ['数据目录安全', 'The data folder is private'], ['只有本用户可以读取。', 'Only this user can read it.'])
    : line(
        'red',
        ['数据目录可被他人读取', 'Others can read the data folder'],
        ['目录权限过宽。', 'Its permissions are too wide.'],
        ['请将其权限改为 0700。', 'Change its mode to 0700.'],
      )
}

const testKeys = (protection: 'passphrase' | 'file'): Line =>
  protection === 'passphrase'
    ? line(
        'green',
        ['密钥受口令保护', 'The key is protected by a passphrase'],
        ['没有口令无法打开。', 'Nothing opens it but the passphrase.'],
      )
    : line(
        'amber',
        ['密钥没有口令保护', 'The key has no passphrase'],
        ['能读取数据目录的人也能读取密钥。', 'Whoever reads the data folder reads the key.'],
        ['请设置 KEY_PASSPHRASE。', 'Set KEY_PASSPHRASE before real learners come.'],
      )

const testLedger = async (base: IssuingBase): Promise<Line> => {
  const head = Number.parseInt(String(await base.ledger.request('eth_blockNumber', [])), 16)
  return line(
    'green',
    ['账本正常', 'The ledger answers'],
    [`链号 ${base.ledger.chainId}，高度 ${head}。`, `Chain ${base.ledger.chainId}, block ${head}.`],
  )
}

const testContracts = (base: IssuingBase): Line => {
  const identity = findIdentity(base)
  if (!identity)
    return line('amber', ['网络尚未建立', 'The network is not founded yet'], ['正在部署规则。', 'Its rules are being put on the ledger.'])
  return identity.network.trial
    ? line(
        'amber',
        ['试用网络', 'A trial network'],
        ['证书会标明“试用”。', 'Certificates say that they are for trial.'],
        ['设置公开地址后正式建立网络。', 'Found the network with a public address.'],
      )
    : line('green', ['网络已建立', 'The network is founded'], [identity.network.name, identity.network.name])
}

const testNode = (base: IssuingBase): Line => {
  const connections = base.node.connections()
  return connections > 0
    ? line('green', ['已连接其他基地', 'Connected to other bases'], [`${connections} 个连接。`, `${connections} connections.`])
    : line(
        'amber',
        ['没有连接其他基地', 'No other base is connected'],
        ['本基地可以独立运行。', 'The base works alone.'],
        ['用 PEERS 填写其他基地的地址。', 'Set PEERS to the address of another base.'],
      )
}

const testBroker = (base: IssuingBase): Line => {
  const { kind, connectedClients, tls } = base.labs.broker()
  return line(
    'green',
    ['设备通道正常', 'Machines can connect'],
    [
      `${kind === 'own' ? '自带' : '外部'}消息服务，${connectedClients} 台在线。`,
      `${kind === 'own' ? 'Own' : 'External'} broker${tls ? ' over TLS' : ''}, ${connectedClients} connected.`,
    ],
  )
}

const testHttps = (base: IssuingBase): Line =>
  base.supervision.authority !== null || base.config.origin.startsWith('https:')
    ? line('green', ['局域网可安全访问', 'The local network is served by https'], [base.config.origin, base.config.origin])
    : line(
        'amber',
        ['仅本机可用', 'Only this machine can use it'],
        ['平板需要 https 才能扫码和使用通行密钥。', 'Tablets need https for camera and passkeys.'],
        ['设置 NETWORK_PORT=8443。', 'Set NETWORK_PORT=8443.'],
      )
