/** Who may call what: every function of every contract that changes something. A test holds it against the ABIs and against reality. */
import type { ContractName } from './abi.ts'
import type { ContractCalls } from './generated/types.ts'

/** Who a function lets through, beside the conditions that its interface names. */
export const CALLERS = {
  timelock: 'the NetworkTimelock, after a vote and its delay',
  guardian: 'the emergency committee, for a bounded time; the timelock too',
  Directory: 'the Directory contract',
  BaseRegistry: 'the BaseRegistry contract',
  base: 'the account that acts for the base named',
  'base or network': 'the account that acts for the base named; the timelock for base 0, the network',
  admitter: 'a base with the admitting service, for itself; the timelock for base 0, the network',
  inviter: 'the account that acts for the base that gave the invite; the timelock',
  invited: 'whoever holds the key of an open invite, signing for the calling account',
  offered: 'the account that the base has offered itself to',
  assessor: 'the account that acts for a base with the service of assessing this kind',
  'assessor or network': 'the account that acts for the base that signed it; the timelock',
  parent: 'the account that acts for the base’s parent; the timelock for base 0, the network',
  'base or parent': 'the account that acts for the base or its parent; the timelock for base 0, the network',
  accreditor: 'the account that acts for the holder of the accreditation above; the timelock for 0, the network',
  proposer: 'holders of the timelock’s proposer role',
  canceller: 'holders of the timelock’s canceller role',
  executor: 'holders of the timelock’s executor role',
  holder: 'the holder of a timelock role, to give it up',
  anyone: 'anyone: it grants nothing that the calls inside it would not',
} as const

/** One of the kinds of caller above. */
export type Caller = keyof typeof CALLERS

/** The table. */
export const permissions = {
  NetworkTimelock: {
    schedule: 'proposer',
    scheduleBatch: 'proposer',
    cancel: 'canceller',
    execute: 'executor',
    executeBatch: 'executor',
    updateDelay: 'timelock',
    grantRole: 'timelock',
    revokeRole: 'timelock',
    renounceRole: 'holder',
    pauseUntil: 'Directory',
    onERC721Received: 'anyone',
    onERC1155Received: 'anyone',
    onERC1155BatchReceived: 'anyone',
  },
  Directory: {
    register: 'timelock',
    pause: 'guardian',
    liftPause: 'guardian',
    setGuardian: 'timelock',
    pauseUntil: 'Directory',
  },
  BaseRegistry: {
    admit: 'timelock',
    createInvite: 'admitter',
    withdrawInvite: 'inviter',
    redeemInvite: 'invited',
    offerAccount: 'base',
    acceptAccount: 'offered',
    replaceAccount: 'timelock',
    closeBase: 'timelock',
    placeBase: 'timelock',
    changeDid: 'timelock',
    publishDidLog: 'base',
    setPeers: 'base',
    setServices: 'timelock',
    pauseUntil: 'Directory',
    multicall: 'anyone',
  },
  Entitlements: {
    seat: 'BaseRegistry',
    reseat: 'BaseRegistry',
    unseat: 'BaseRegistry',
    registerProgramme: 'base or network',
    accredit: 'accreditor',
    revokeAccreditation: 'accreditor',
    signAssessment: 'assessor',
    withdrawAssessment: 'assessor or network',
    suspend: 'parent',
    liftSuspension: 'parent',
    addIssuerKey: 'base',
    retireIssuerKey: 'base',
    revokeIssuerKey: 'base or parent',
    pauseUntil: 'Directory',
    multicall: 'anyone',
  },
  CredentialAnchors: { anchor: 'base', anchorHead: 'base', pauseUntil: 'Directory', multicall: 'anyone' },
  StatusLists: { publishHead: 'base', pauseUntil: 'Directory', multicall: 'anyone' },
} as const satisfies { readonly [Contract in ContractName]: { readonly [Method in keyof ContractCalls[Contract]]: Caller } }
