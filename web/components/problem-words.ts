import { getLocale } from '../paraglide/runtime.js'
import { nextSteps } from './problem-words-next.ts'
import { workWords } from './problem-words-works.ts'

/**
 * What a base says in its own English as a value of a problem, in Chinese; it has no codes for these. Keyed by the words themselves, with
 * `{}` for each part that differs, in the same order on both sides; such a part is looked up in turn.
 */
const chinese: Readonly<Record<string, string>> = {
  ...nextSteps,
  ...workWords,
  // What is refused because of its state, and that state.
  "base's account": '基地的账户',
  account: '账户',
  dispute: '争议',
  passkey: '通行密钥',
  work: '作品',
  card: '学习卡',
  certificate: '证书',
  consent: '同意',
  key: '密钥',
  learner: '学习者',
  machine: '机器',
  network: '网络',
  'sample school': '示例学校',
  session: '实训',
  wallet: '钱包',
  absent: '尚未安装',
  installing: '正在安装',
  installed: '已安装',
  removing: '正在移除',
  'being installed': '正在安装',
  'being written to the ledger': '正在写入账本',
  'ended without evidence': '已结束，没有证据',
  'in an open session': '正在实训中',
  'in use by an open session': '正在一次实训中使用',
  replaced: '已换新卡',
  'the one in use': '正在使用的那把',
  'withdrawn already': '已撤回',
  'without a session': '没有对应的实训',
  'without an OctoPrint': '没有接入 OctoPrint',
  'without funds on this ledger': '在这个账本上没有余额',
  'without pictures': '还没有选图案',
  "not the learner's own yet": '还不由学习者自己保管',
  "the learner's own already": '已由学习者自己保管',
  'founded as {} already': '已用 {} 的名称创建',
  'on its way to the ledger': '正在写入账本',
  'made a moment ago': '刚刚生成',
  'next key': '下一把密钥',
  valid: '有效',
  open: '进行中',
  closing: '正在结束',
  closed: '已结束',
  refused: '已被拒绝',
  awarded: '已授予',
  suspended: '已暂停',
  revoked: '已撤销',
  superseded: '已被更正',
  // What is wrong with money and disputes.
  'the grounds say nothing': '没有写明理由',
  'only members of the expert committee decide': '只有专家委员会的委员能裁决',
  'this member has signed it already': '这位委员已经签过名',
  'only the expert committee and the emergency committee contest a work': '只有专家委员会和应急委员会能提出争议',
  'the dispute is over': '争议已经结束',
  'the ruling gives no reason': '裁决没有写明理由',
  'the shares of the creators do not make the whole': '创作者的份额合计不是百分之百',
  'its passkey is not of the kind ES256': '这把通行密钥不是 ES256 类型',
  'What the ledger says': '账本记录',
  // What is not ready.
  'The base': '基地',
  'The ledger': '账本',
  'The network of this base': '网络',
  'The number of the programme': '项目编号',
  'The view of the ledger': '账本记录',
  'What the ledger says of this base': '账本上关于本基地的记录',
  // What is wrong with a request.
  body: '内容',
  query: '查询',
  params: '地址',
  headers: '请求头',
  'headers/host': '主机名',
  'holds a PIN lock without its proof': '口令锁缺少证明',
  'is not a host': '不是主机名',
  'is not something that this route takes': '这里不接收',
  'names a criterion twice': '同一评价项出现了两次',
  'names either a class or learners': '只能选班级或学习者之一',
  'names no guardian': '没有写明家长',
  'is {}, but the rubric adds up to {} at most': '为 {}，而评价标准合计最多 {}',
  'is not this base, {}': '不是本基地（{}）',
  'is not valid': '不符合要求',
  'must have required properties {}': '缺少 {}',
  'must not have additional properties': '有多余的内容',
  'must match pattern {}': '格式不对',
  'must be equal to one of the allowed values': '不在可选范围内',
  'must be {}': '类型或大小不对（{}）',
  'must not have fewer than {} characters': '少于 {} 个字符',
  'must not have more than {} characters': '超过 {} 个字符',
  'must not have fewer than {} items': '少于 {} 项',
  'must not have more than {} items': '超过 {} 项',
  // Why an invite does not work.
  "this base's account acts for another base of the network already": '本基地的账户已经代表这个网络里的另一个基地',
  'it does not say where the ledger is, and LEDGER_RPC_URL is not set': '其中没有账本的地址，也没有设置 LEDGER_RPC_URL',
  'it is not whole': '内容不完整',
  'it was used, withdrawn, or has lapsed': '已用过、已撤回或已过期',
  'its network is not the one that it names': '所写的网络与其内容不符',
  // The clock.
  'this program was written after {}': '本程序写成于 {} 之后',
  'this base wrote something down at {}': '本基地在 {} 已有记录',
  // Devices and machines.
  unknown: '原因不明',
  'no answer in time': '没有及时回答',
  'push socket': '推送连接中断',
  'the answer is not JSON': '回答不是 JSON',
  'not a point of its curve': '不是曲线上的点',
  'not an Ed25519 or P-256 key': '不是 Ed25519 或 P-256 密钥',
  'the signature does not fit the code and this base': '签名与配对码和本基地不符',
  TypeError: '连接失败',
  TimeoutError: '超时',
  AbortError: '已中断',
  // Job files.
  'nothing that a machine could do': '没有机器能执行的内容',
  'more than {} bytes': '超过 {} 字节',
  'more than {} lines': '超过 {} 行',
  'more than {} layers': '超过 {} 层',
  'line number {} where {} should follow': '行号是 {}，应为 {}',
  'a feed rate that is not above zero': '进给速度不大于零',
  'a position beyond {} mm': '位置超出 {} 毫米',
  'more than {} mm of filament in one move': '一次移动的耗材超过 {} 毫米',
  'an arc without a centre': '圆弧没有圆心',
  'an arc without a usable radius': '圆弧没有可用的半径',
  'a temperature of the {} outside of 0 to {} °C': '{}温度不在 0 到 {} °C 之间',
  bed: '热床',
  nozzle: '喷头',
  'a fan speed outside of 0 to 255': '风扇转速不在 0 到 255 之间',
  'a pause outside of 0 to 86,400 s': '停顿不在 0 到 86,400 秒之间',
  'a percentage outside of 1 to 999': '百分比不在 1 到 999 之间',
  'the line is longer than {} characters': '这一行超过 {} 个字符',
  'a tool other than T0': '使用了 T0 以外的工具',
  'a character that is not printable ASCII': '有不可打印的字符',
  'a checksum that is not a number': '校验和不是数字',
  'a line without a command': '这一行没有指令',
  'a comment in parentheses does not close': '括号里的注释没有结束',
  'a checksum that does not fit its line': '校验和与这一行不符',
  'something that is not a command at column {}': '第 {} 列不是指令',
  'a word that cannot be read at column {}': '第 {} 列的字读不懂',
  'the word {} twice': '{} 出现了两次',
  'the word {} with a number out of range': '{} 的数值超出范围',
  // Recordings.
  'a key that cannot be read': '密钥读不出',
  'it ends in the middle, or is not CBOR': '中途结束，或不是 CBOR',
  'frame {} is {}': '第 {} 帧有误（{}）',
  'frame {} does not follow the one before': '第 {} 帧与前一帧不相接',
  'there is something after the last frame': '最后一帧之后还有内容',
  'its header is not a recording of version 1': '文件头不是第 1 版的录制文件',
  'its header names no device': '文件头没有写明设备',
  'its header is incomplete': '文件头不完整',
  'a device in its header is incomplete': '文件头里的设备不完整',
  // Rosters, with the reasons of their rows.
  'The file is not a readable zip ({}); export it again as a OneRoster 1.2 zip.':
    '文件不是可读的 zip（{}），请重新导出为 OneRoster 1.2 的 zip',
  'The zip is larger than {} {}; export fewer records at a time.': 'zip 超过 {} {}，请分次导出',
  'The zip is protected by a password; export it without one.': 'zip 有密码，请导出不带密码的',
  'The zip holds a name that leaves its folder; make the zip again from the CSV files alone.':
    'zip 里有越出文件夹的名称，请只用 CSV 文件重新打包',
  'The zip holds this file more than once; keep one.': 'zip 里这个文件不止一份，请只留一份',
  'manifest.csv is missing; OneRoster 1.2 asks for it.': '缺少 OneRoster 1.2 要求的 manifest.csv',
  'manifest.csv gives no usable value for {}; expected {}.': 'manifest.csv 的 {} 没有可用的值，应为 {}',
  'The roster says OneRoster {}; this base reads 1.2.': '名册写的是 OneRoster {}，本基地读取 1.2',
  'The manifest announces this file as delta; this base reads bulk files. Export it in bulk.':
    'manifest 说这个文件是增量的，请导出全量文件',
  'The manifest announces this file, but the zip does not hold it.': 'manifest 里有这个文件，zip 里却没有',
  'The zip holds this file, but the manifest says absent.': 'zip 里有这个文件，manifest 却说没有',
  '{} rows refer to {}, which was refused or is not here, and which this base does not hold either.':
    '{} 行引用了 {}，它被拒绝或不在这里，本基地也没有',
  'This file is not needed here and was not kept.': '这里不需要这个文件，没有保留',
  'The file is neither UTF-8 nor GB18030 text; save it as UTF-8.': '文件既不是 UTF-8 也不是 GB18030，请存为 UTF-8',
  'The file is not UTF-8 as the standard asks; it was read as GB18030.': '文件不是标准要求的 UTF-8，已按 GB18030 读取',
  'The quotation marks of this row do not close properly.': '这一行的引号没有正确结束',
  'The column is missing from the header row.': '表头缺少这一列',
  'The header row names the column twice.': '表头里这一列出现了两次',
  'The column is not part of OneRoster 1.2 and was ignored.': '这一列不属于 OneRoster 1.2，已忽略',
  'The row has {} fields; the header has {}.': '这一行有 {} 个字段，表头有 {} 个',
  'The file has more than {} rows.': '文件超过 {} 行',
  'The field is empty, but OneRoster 1.2 requires it.': 'OneRoster 1.2 要求填写，这里是空的',
  'The field is longer than {} characters.': '字段超过 {} 个字符',
  'The field holds control characters.': '字段里有控制字符',
  'The field is not {}.': '字段不符合要求，应为 {}',
  'The status is not allowed in a bulk file; expected empty or active.': '全量文件里不能有这个状态，应为空或 active',
  'The end date lies before the start date.': '结束日期早于开始日期',
  'The sourcedId is already used on line {}.': '这个 sourcedId 在第 {} 行已经用过',
  'No row of {} has this sourcedId.': '{} 里没有这个 sourcedId',
  'The parents of this row lead back to itself.': '这一行的上级又指回了它自己',
}

const patterns = Object.entries(chinese)
  .filter(([words]) => words.includes('{}'))
  .map(([words, translation]) => ({ form: formOf(words), translation }))

/** A value of a problem in the language on the screen: numbers, names and codes as they are, words of the base in Chinese where that is read. */
export function wordsOf(value: string | number): string | number {
  if (typeof value === 'number' || getLocale() === 'en') return value
  return translationOf(value) ?? value
}

/** The base's own words in Chinese; undefined for anything else. */
export function translationOf(words: string): string | undefined {
  if (Object.hasOwn(chinese, words)) return chinese[words]
  for (const { form, translation } of patterns) {
    const parts = form.exec(words)?.slice(1)
    if (!parts) continue
    let next = 0
    return translation.replace(/\{\}/g, () => {
      const part = parts[next++] ?? ''
      return Object.hasOwn(chinese, part) ? (chinese[part] ?? part) : part
    })
  }
  return undefined
}

function formOf(words: string): RegExp {
  const literal = words.split('{}').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literal.join('(.+?)')}$`, 's')
}
