import { fingerprintOf } from '@guildhall/credentials'
import type { Client } from '../api/index.ts'
import type { Operation, Options } from './operate.ts'

const text = (options: Options, name: string): string => String(options[name] ?? '')

/** What a trial is, and how a network that counts is founded: nothing of it can be made up for later. */
const trialWords = `This network is a trial: every screen, certificate and verdict says so, and its certificates stay trial certificates.
A base's DID carries the address that it had at its first start, and every certificate names that DID; so a trial is not turned into a founded network.
To found one, start a new base on an empty folder (keep the trial's folder for as long as its certificates are to be looked up):
  PUBLIC_ORIGIN=https://base.school.example NETWORK_NAME="…" guildhall start --data ./founded
then import the roster there again and define the programmes. Accounts, cards and certificates of the trial are not carried over.
试用网络不能转为正式网络；请用空的数据目录并设置 PUBLIC_ORIGIN 和 NETWORK_NAME 启动新基地。`

/** What a base that joins may do at once, and what waits. */
const inviteWords = `At once: the base that uses the invite has its number, its DID and an issuing key on the ledger; it verifies, keeps copies for the
other bases, and exports bundles (a connected base that holds a checkpoint key of the network signs them; nothing else can).
Before it may run sessions and issue, the ledger must have its three assessments (Entitlements.signAssessment, by a base with that service) and an
accreditation for the programme (Entitlements.accredit, by a base that holds one and may pass it on). Both hold from the block that records
them, without a wait; this version has no command and no screen for either, so it takes a call to the contract from that base's account.
What waits: from the second base on, the network's own decisions stand two days in its timelock before they take effect. That includes
accreditations given by the network itself, so also the founding base's own for programmes that it defines from then on: define them before
you invite. 立即生效：编号、DID、签发密钥；需要等待两天：由网络自身作出的决定，包括邀请之后新定义项目的授权。`

type Facts = Awaited<ReturnType<Client['getBase']>>

/** Commands about the network that a base belongs to. */
export const networkOperations: readonly Operation[] = [
  {
    words: 'invite',
    about: 'an invite for one other base: it sets INVITE to it and LEDGER_RPC_URL to the ledger of this network 邀请另一基地',
    options: [
      ['--hours <n>', 'how long it can be used; 168 when left out'],
      ['--ledger <url>', 'where the ledger answers, to be told with it'],
    ],
    after: inviteWords,
    run: (client, _, options) =>
      client.createInvite({
        body: { hours: Number(options['hours'] ?? 168), ...(options['ledger'] && { rpcUrl: text(options, 'ledger') }) },
      }),
    show: ({ invite }: { invite: string }) => invite,
  },
  {
    words: 'network show',
    about: 'the network, its fingerprint for others to compare, and whether it is a trial 网络与指纹',
    after: trialWords,
    run: async (client) => {
      const { network, trial, did, baseId } = await client.getBase()
      return { network, fingerprint: network && fingerprint(network), trial, did, baseId, ...(trial && { howToFound: trialWords }) }
    },
    show: ({ network, fingerprint: print, trial, did, baseId }: Shown) =>
      [
        `${network?.name ?? 'No network yet'}${trial ? '  [trial 试用]' : ''}`,
        `fingerprint  ${print ?? '-'}`,
        `this base    ${baseId ?? '-'}  ${did ?? ''}`,
        ...(trial ? ['', trialWords] : []),
      ].join('\n'),
  },
  {
    words: 'network name',
    about: 'give the network and this base their names; the address stays the one of the first start 命名网络与基地',
    options: [
      ['--name <text>', 'name of the network'],
      ['--zh <text>', 'name of the base in Chinese'],
      ['--en <text>', 'name of the base in English'],
    ],
    run: async (client, _, options) => {
      const { name, network } = await client.getBase()
      const baseName = { 'zh-CN': text(options, 'zh') || name['zh-CN'], en: text(options, 'en') || name.en }
      return client.foundNetwork({ body: { networkName: text(options, 'name') || (network?.name ?? ''), baseName } })
    },
    show: ({ network, trial }: { network: { name: string }; trial: boolean }) => `${network.name}${trial ? '  [trial 试用]' : ''}`,
  },
]

type Shown = Pick<Facts, 'network' | 'trial' | 'did' | 'baseId'> & { fingerprint: string | null }

const fingerprint = (network: NonNullable<Facts['network']>): string =>
  fingerprintOf({ ...network, genesisHash: network.genesisHash as `0x${string}`, directory: network.directory as `0x${string}` })
