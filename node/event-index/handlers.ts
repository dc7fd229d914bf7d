import type { Row } from './tables.ts'
import { licences, usageReceipts } from './works/handle-licences.ts'
import { royalties, settlementToken } from './works/handle-money.ts'
import { reviewPanels } from './works/handle-review.ts'
import { registryOfWorks } from './works/handle-works.ts'
import { type Handlers, paused } from './works/handler.ts'

const repeatsTheRegistry = (): Row[] => []

const directory = {
  'Directory.ContractRegistered': ({ name, version, target }) => [
    { table: 'index_contracts', values: { name: asciiOf(name), version, target: target.toLowerCase() } },
  ],
  'Directory.ContractPaused': ({ target, until, by, reason }) => [
    { table: 'index_pause_orders', values: { target: target.toLowerCase(), until, by: by.toLowerCase(), reason } },
  ],
  'Directory.PauseLifted': ({ target, by }) => [
    { table: 'index_pause_orders', values: { target: target.toLowerCase(), until: 0, by: by.toLowerCase(), reason: '' } },
  ],
  'Directory.GuardianChanged': ({ next }) => [{ table: 'index_guardians', values: { account: next.toLowerCase() } }],
  'Directory.PauseChanged': paused('Directory'),
} satisfies Partial<Handlers>

const registry = {
  'BaseRegistry.BaseAdmitted': ({ baseId, account, parent, tier, didHash, inviteKey }) => [
    {
      table: 'index_base_admissions',
      values: { base_id: baseId, account: account.toLowerCase(), parent, tier, did_hash: didHash, invite_key: inviteKey.toLowerCase() },
    },
  ],
  'BaseRegistry.BaseClosed': ({ baseId }) => [{ table: 'index_base_closures', values: { base_id: baseId } }],
  'BaseRegistry.AccountOffered': ({ baseId, account }) => [
    { table: 'index_base_accounts', values: { base_id: baseId, account: account.toLowerCase(), is_offer: 1 } },
  ],
  'BaseRegistry.AccountChanged': ({ baseId, next }) => [
    { table: 'index_base_accounts', values: { base_id: baseId, account: next.toLowerCase(), is_offer: 0 } },
  ],
  'BaseRegistry.BasePlaced': ({ baseId, parent, tier }) => [{ table: 'index_base_places', values: { base_id: baseId, parent, tier } }],
  'BaseRegistry.DidChanged': ({ baseId, didHash }) => [{ table: 'index_base_dids', values: { base_id: baseId, did_hash: didHash } }],
  'BaseRegistry.DidLogPublished': ({ baseId, sequence, digest, previous, cid }) => [
    { table: 'index_did_logs', values: { base_id: baseId, sequence, digest, previous, cid } },
  ],
  'BaseRegistry.PeersChanged': ({ baseId, peers }) => [
    { table: 'index_base_peers', values: { base_id: baseId, peers: JSON.stringify(peers) } },
  ],
  'BaseRegistry.ServicesChanged': ({ baseId, services }) => [
    { table: 'index_base_services', values: { base_id: baseId, services: Number(services) } },
  ],
  'BaseRegistry.InviteCreated': ({ inviteKey, inviter, parent, tier, until }) => [
    { table: 'index_invites', values: { invite_key: inviteKey.toLowerCase(), inviter, parent, tier, until } },
  ],
  'BaseRegistry.InviteWithdrawn': ({ inviteKey }) => [
    { table: 'index_invite_withdrawals', values: { invite_key: inviteKey.toLowerCase() } },
  ],
  'BaseRegistry.PauseChanged': paused('BaseRegistry'),
  // EIP-5267; the domain of our registry is fixed when it is deployed.
  'BaseRegistry.EIP712DomainChanged': () => [],
} satisfies Partial<Handlers>

const entitlements = {
  'Entitlements.ProgrammeRegistered': ({ programmeId, author, digest, cid }) => [
    { table: 'index_programmes', values: { programme_id: programmeId, author, digest, cid } },
  ],
  'Entitlements.BaseAccredited': ({ accreditationId, baseId, programmeId, parent, until, mayAccredit }) => [
    {
      table: 'index_accreditations',
      values: {
        accreditation_id: accreditationId,
        base_id: baseId,
        programme_id: programmeId,
        parent,
        until,
        may_accredit: Number(mayAccredit),
      },
    },
  ],
  'Entitlements.AccreditationRevoked': ({ accreditationId, by, reason }) => [
    { table: 'index_accreditation_revocations', values: { accreditation_id: accreditationId, by, reason } },
  ],
  'Entitlements.AssessmentSigned': ({ assessmentId, baseId, kind, assessor, until, selfAssessed, reportDigest, reportCid }) => [
    {
      table: 'index_assessments',
      values: {
        assessment_id: assessmentId,
        base_id: baseId,
        kind,
        assessor,
        until,
        self_assessed: Number(selfAssessed),
        report_digest: reportDigest,
        report_cid: reportCid,
      },
    },
  ],
  'Entitlements.AssessmentWithdrawn': ({ assessmentId, baseId, kind, reason }) => [
    { table: 'index_assessment_withdrawals', values: { assessment_id: assessmentId, base_id: baseId, kind, reason } },
  ],
  'Entitlements.BaseSuspended': ({ baseId, by, reason }) => [
    { table: 'index_suspensions', values: { base_id: baseId, by, reason, is_lifted: 0 } },
  ],
  'Entitlements.SuspensionLifted': ({ baseId, by }) => [
    { table: 'index_suspensions', values: { base_id: baseId, by, reason: '', is_lifted: 1 } },
  ],
  'Entitlements.StandingChanged': ({ standingId, baseId, informationUntil, safetyUntil, greenUntil, suspended, closed }) => [
    {
      table: 'index_standings',
      values: {
        standing_id: standingId,
        base_id: baseId,
        information_until: informationUntil,
        safety_until: safetyUntil,
        green_until: greenUntil,
        suspended: Number(suspended),
        closed: Number(closed),
      },
    },
  ],
  'Entitlements.IssuerKeyAdded': ({ baseId, keyId, until }) => [
    { table: 'index_issuer_keys', values: { base_id: baseId, key_id: keyId, until } },
  ],
  'Entitlements.IssuerKeyRetired': ({ baseId, keyId }) => [
    { table: 'index_issuer_key_ends', values: { base_id: baseId, key_id: keyId, is_compromised: 0, by: baseId } },
  ],
  'Entitlements.IssuerKeyCompromised': ({ baseId, keyId, by }) => [
    { table: 'index_issuer_key_ends', values: { base_id: baseId, key_id: keyId, is_compromised: 1, by } },
  ],
  'Entitlements.BaseSeated': repeatsTheRegistry,
  'Entitlements.PauseChanged': paused('Entitlements'),
} satisfies Partial<Handlers>

const credentials = {
  'CredentialAnchors.CredentialsAnchored': ({ baseId, programmeId, root, keyId, size, accreditationId, standingId }) => [
    {
      table: 'index_anchors',
      values: {
        base_id: baseId,
        programme_id: programmeId,
        root,
        key_id: keyId,
        size,
        accreditation_id: accreditationId,
        standing_id: standingId,
      },
    },
  ],
  'CredentialAnchors.HeadAnchored': ({ baseId, purpose, digest, sequence, previous }) => [
    { table: 'index_heads', values: { base_id: baseId, purpose: asciiOf(purpose), digest, sequence, previous } },
  ],
  'CredentialAnchors.PauseChanged': paused('CredentialAnchors'),
  'StatusLists.StatusListPublished': ({ baseId, listId, sequence, digest, previous, cid }) => [
    { table: 'index_status_heads', values: { base_id: baseId, list_id: listId, sequence, digest, previous, cid } },
  ],
  'StatusLists.PauseChanged': paused('StatusLists'),
} satisfies Partial<Handlers>

const timelock = {
  'NetworkTimelock.CallScheduled': ({ id, index, target, value, data, predecessor, delay }) => [
    {
      table: 'index_operation_calls',
      values: {
        operation_id: id,
        call_index: Number(index),
        target: target.toLowerCase(),
        value: value.toString(),
        data,
        predecessor,
        delay: Number(delay),
      },
    },
  ],
  'NetworkTimelock.CallExecuted': ({ id, index }) => [
    { table: 'index_operation_steps', values: { operation_id: id, step: 'executed', detail: index.toString() } },
  ],
  'NetworkTimelock.CallSalt': ({ id, salt }) => [
    { table: 'index_operation_steps', values: { operation_id: id, step: 'salted', detail: salt } },
  ],
  'NetworkTimelock.Cancelled': ({ id }) => [
    { table: 'index_operation_steps', values: { operation_id: id, step: 'cancelled', detail: '' } },
  ],
  'NetworkTimelock.MinDelayChange': ({ newDuration }) => [{ table: 'index_timelock_delays', values: { delay: Number(newDuration) } }],
  'NetworkTimelock.RoleGranted': ({ role, account, sender }) => [
    { table: 'index_roles', values: { role, account: account.toLowerCase(), sender: sender.toLowerCase(), is_granted: 1 } },
  ],
  'NetworkTimelock.RoleRevoked': ({ role, account, sender }) => [
    { table: 'index_roles', values: { role, account: account.toLowerCase(), sender: sender.toLowerCase(), is_granted: 0 } },
  ],
  'NetworkTimelock.RoleAdminChanged': ({ role, newAdminRole }) => [
    { table: 'index_role_admins', values: { role, admin_role: newAdminRole } },
  ],
  'NetworkTimelock.PauseChanged': paused('NetworkTimelock'),
} satisfies Partial<Handlers>

/** A handler for every event of every contract; one that is missing, or one too many, does not compile. */
export const handlers = {
  ...directory,
  ...registry,
  ...entitlements,
  ...credentials,
  ...timelock,
  ...registryOfWorks,
  ...royalties,
  ...reviewPanels,
  ...licences,
  ...usageReceipts,
  ...settlementToken,
} satisfies Handlers

/** A name in ASCII, zero-padded to 32 bytes, as `0x…`. */
function asciiOf(bytes32: string): string {
  return Buffer.from(bytes32.slice(2), 'hex').toString('latin1').replace(/\0+$/, '')
}
