import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { Client } from '../api/index.ts'
import { defaults } from '../config.ts'
import { findOrigin, makeOperatorLink, openLocalClient } from './local-client.ts'
import { networkOperations } from './network.ts'
import { CommandError, createOutput, exitCodes, type Output } from './output.ts'
import { showItems, showOverview } from './show.ts'

/** Options by name, as commander gives them. */
export type Options = Record<string, string | boolean | undefined>
type Run = (client: Client, args: string[], options: Options) => Promise<unknown>
/** One command that does one thing at a running base: words, options, and the calls it makes. */
export type Operation = {
  words: string
  about: string
  args?: string[]
  options?: [string, string][]
  /** Said below the options in its help. */
  after?: string
  run: Run
  show?: (result: never) => string
}

const at = (args: string[], index: number): string => args[index] ?? ''
const text = (options: Options, name: string): string => String(options[name] ?? '')
const statusReason: [string, string] = [
  '--reason <code>',
  'awarded-in-error, evidence-withdrawn, misconduct, identity-mistaken, details-corrected, under-review, review-closed or learner-request',
]
type StatusReason = 'awarded-in-error'
const change = (options: Options) => ({ reason: text(options, 'reason') as StatusReason })

/** What an operator needs to walk the whole path by hand. Each goes through the base's own doors, as its operator. */
const operations: readonly Operation[] = [
  {
    words: 'status',
    about: 'the state of the base in one sentence, and what needs a person 基地状态',
    run: (client) => client.getOverview(),
    show: showOverview,
  },
  {
    words: 'roster check',
    about: 'say what an import would do, without doing it 预检名册',
    args: ['<zip>'],
    run: (client, args) => client.checkRoster({ body: readFileSync(at(args, 0)) }),
  },
  {
    words: 'roster import',
    about: 'import a OneRoster 1.2 CSV zip 导入名册',
    args: ['<zip>'],
    options: [['--confirm-removal', 'also when the roster would shrink by more than half']],
    run: (client, args, options) =>
      client.importRoster({ body: readFileSync(at(args, 0)), query: { confirmShrink: options['confirmRemoval'] === true } }),
  },
  {
    words: 'learner list',
    about: 'learners of the roster 学员列表',
    options: [['--search <words>', 'name or school number']],
    run: (client, _, options) => client.listLearners({ query: options['search'] ? { search: text(options, 'search') } : {} } as never),
    show: showItems,
  },
  {
    words: 'erase',
    about: 'erase a learner for good; prints the signed receipt 永久删除学员',
    args: ['<learner>'],
    options: [['--yes', 'do not ask']],
    run: erase,
  },
  {
    words: 'programme list',
    about: 'programmes of the base 项目列表',
    run: (client) => client.listProgrammes({ query: {} }),
    show: showItems,
  },
  {
    words: 'programme define',
    about: 'define a programme from the catalogue, with its sample rubric and certificate 定义项目',
    args: ['<direction>'],
    run: async (client, args) => {
      const direction = (await client.getCatalogue()).directions.find(({ id }) => id === at(args, 0))
      if (!direction) throw new CommandError('CLI_DIRECTION_UNKNOWN', `The catalogue has no direction ${at(args, 0)}.`, exitCodes.usage)
      return client.defineProgramme({ body: direction.sample })
    },
  },
  { words: 'entitlement', about: 'what the base may do now, and until when 基地现有资格', run: (client) => client.getEntitlement() },
  {
    words: 'assessment sign',
    about: 'sign, or renew, one of the three assessments of this base 签署评估',
    args: ['<kind>'],
    options: [
      ['--seconds <n>', 'how long it holds'],
      ['--report <text>', 'what was looked at'],
    ],
    run: (client, args, options) =>
      client.signAssessment({
        body: {
          kind: at(args, 0) as 'safety',
          report: text(options, 'report') || 'Self-assessment',
          validForSeconds: Number(options['seconds'] ?? 31_536_000),
        },
      }),
  },
  { words: 'machine list', about: 'machines and their devices 设备列表', run: (client) => client.listMachines(), show: showItems },
  {
    words: 'machine add',
    about: 'add a 3D printer 添加设备',
    args: ['<name>'],
    run: (client, args) =>
      client.addMachine({ body: { name: { 'zh-CN': at(args, 0), en: at(args, 0) }, kind: 'printer-3d', attestation: 'device-signed' } }),
  },
  {
    words: 'machine pair',
    about: 'a code that lets one device join a machine 设备配对码',
    args: ['<machine>'],
    run: (client, args) => client.createPairingCode({ params: { machineId: at(args, 0) } }),
  },
  { words: 'session list', about: 'sessions, newest first 实操列表', run: (client) => client.listSessions({ query: {} }), show: showItems },
  {
    words: 'session open',
    about: "open a learner's session on a machine 开始实操",
    args: ['<learner>', '<machine>', '<programme>'],
    run: (client, args) =>
      client.openSession({ body: { learnerId: at(args, 0), machineId: at(args, 1), programmeId: Number(at(args, 2)) } }),
  },
  {
    words: 'session job',
    about: 'give an open session its job file 提交作业文件',
    args: ['<session>', '<gcode>'],
    run: (client, args) =>
      client.putSessionJob({
        params: { sessionId: at(args, 0) },
        query: { name: at(args, 1).split('/').at(-1) ?? 'job.gcode' },
        body: readFileSync(at(args, 1)),
      }),
  },
  {
    words: 'session close',
    about: 'close a session and seal its evidence 结束实操',
    args: ['<session>'],
    run: (client, args) => client.closeSession({ params: { sessionId: at(args, 0) } }),
  },
  {
    words: 'award',
    about: 'award a certificate for a closed session 颁发证书',
    args: ['<session>'],
    options: [['--levels <list>', 'levels of the rubric: practice=2,thinking=1']],
    run: (client, args, options) =>
      client.awardCredential({ body: { sessionId: at(args, 0), levels: readLevels(text(options, 'levels')) } }),
  },
  {
    words: 'certificate list',
    about: 'certificates issued, newest first 证书列表',
    run: (client) => client.listAwards({ query: {} }),
    show: showItems,
  },
  {
    words: 'certificate revoke',
    about: 'revoke a certificate for good 撤销证书',
    args: ['<certificate>'],
    options: [statusReason],
    run: (client, args, options) => client.revokeCredential({ params: { credentialId: at(args, 0) }, body: change(options) }),
  },
  {
    words: 'certificate suspend',
    about: 'suspend a certificate 暂停证书',
    args: ['<certificate>'],
    options: [statusReason],
    run: (client, args, options) => client.suspendCredential({ params: { credentialId: at(args, 0) }, body: change(options) }),
  },
  {
    words: 'certificate reinstate',
    about: 'end a suspension 恢复证书',
    args: ['<certificate>'],
    options: [statusReason],
    run: (client, args, options) => client.reinstateCredential({ params: { credentialId: at(args, 0) }, body: change(options) }),
  },
  {
    words: 'bundle',
    about: 'write certificates as a bundle that verifies by itself, with the page that does it beside it 导出证书包',
    args: ['<certificate...>'],
    options: [['--output <file>', 'where to write it']],
    run: async (client, args, options) => {
      const file = text(options, 'output') || 'certificates.guildhall'
      writeFileSync(file, await client.exportBundle({ body: { credentialIds: args } }))
      return { file, page: await writeVerifyPage(client, dirname(file)), certificates: args.length }
    },
  },
]

/** Adds the commands for a running base, and `link`, which also works while it is off. */
export function addOperatorCommands(program: Command): void {
  program
    .command('link')
    .description('a one-use sign-in link for the operator 登录链接')
    .option('--data <folder>', 'data folder of the base', defaults.DATA_DIR)
    .action((_: unknown, command: Command) => {
      const { data, json } = command.optsWithGlobals<{ data: string; json?: boolean }>()
      const link = makeOperatorLink(data, findOrigin(data))
      createOutput(json === true).result({ link }, link)
    })
  for (const operation of [...operations, ...networkOperations]) addOperation(program, operation)
}

function addOperation(program: Command, operation: Operation): void {
  const words = operation.words.split(' ')
  const parent = words
    .slice(0, -1)
    .reduce((command, word) => command.commands.find((one) => one.name() === word) ?? group(command, word), program)
  const command = parent
    .command(words.at(-1) ?? '')
    .description(operation.about)
    .option('--data <folder>', 'data folder of the base', defaults.DATA_DIR)
  for (const argument of operation.args ?? []) command.argument(argument)
  for (const [flags, about] of operation.options ?? []) command.option(flags, about)
  if (operation.after !== undefined) command.addHelpText('after', `\n${operation.after}`)
  command.action(async (...received: unknown[]) => {
    const self = received.at(-1) as Command
    const options = self.optsWithGlobals<Options>()
    await perform(operation, { args: self.args, options, output: createOutput(options['json'] === true) })
  })
}

/** Words that only hold others together. */
const groups: Readonly<Record<string, string>> = {
  network: 'the network of the base 网络',
  roster: 'the roster of the school 名册',
  learner: 'learners 学员',
  programme: 'programmes 项目',
  assessment: "the base's three assessments 评估",
  machine: 'machines 设备',
  session: 'sessions on machines 实操',
  certificate: 'certificates 证书',
}

const group = (parent: Command, word: string): Command => parent.command(word).description(groups[word] ?? word)

async function perform(
  { run, show }: Operation,
  { args, options, output }: { args: string[]; options: Options; output: Output },
): Promise<void> {
  const { client, signOut } = await openLocalClient(text(options, 'data'))
  try {
    const result = await run(client, args, options)
    output.result(result, show ? show(result as never) : JSON.stringify(result, null, 2))
  } finally {
    await signOut()
  }
}

async function erase(client: Client, args: string[], options: Options): Promise<unknown> {
  if (options['yes'] !== true) {
    throw new CommandError('CLI_CONFIRM', `Erasing cannot be undone. Add --yes to erase learner ${at(args, 0)} for good.`, exitCodes.usage)
  }
  return client.eraseLearner({ params: { learnerId: at(args, 0) }, body: { basis: 'guardian-request' } })
}

/** The verifier in a single file, which trusts the network of the bundle beside it; it opens from a folder, without any server. */
async function writeVerifyPage(client: Client, folder: string): Promise<string> {
  const page = readFileSync(join(import.meta.dirname, '../../web/dist/verify.html'), 'utf8')
  const networks = JSON.stringify([await client.getNetworkDescriptor()]).replaceAll('<', '\\u003c')
  const file = join(folder, 'verify.html')
  writeFileSync(
    file,
    page.replace(/(<script id="guildhall-networks"[^>]*>)[^<]*/, (_, tag: string) => `${tag}${networks}`),
  )
  return file
}

function readLevels(list: string): Record<string, number> {
  const pairs = list
    .split(',')
    .filter(Boolean)
    .map((pair) => pair.split('='))
  if (pairs.length === 0 || pairs.some(([, level]) => !/^\d{1,2}$/.test(level ?? ''))) {
    throw new CommandError(
      'CLI_LEVELS_INVALID',
      'Give levels as criterion=level, for example --levels practice=2,thinking=1.',
      exitCodes.usage,
    )
  }
  return Object.fromEntries(pairs.map(([criterion, level]) => [criterion, Number(level)]))
}
