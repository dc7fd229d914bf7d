import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeTestBase, startTestBase, type TestBase } from '../../routes/test-base.ts'
import { getIdentity } from '../base/issuing.ts'
import { settleRefusal } from '../base/settle-writes.ts'
import { addIssuerKey, getEntitlement } from './entitlement.ts'

let running: TestBase
beforeAll(async () => {
  running = await startTestBase()
})
afterAll(async () => {
  await running.stop()
  removeTestBase(running.dataDir)
})

const base = () => running.running.base
const operator = { id: '00000000-0000-4000-8000-000000000001', roles: ['operator'], via: 'passkey' } as const
const keysInUse = () => getEntitlement(base()).keys.filter(({ inUse }) => inUse)

test('a key whose caller left before the ledger answered is taken up all the same, and the next one follows it', async () => {
  const first = getIdentity(base()).issuer
  await expect(addIssuerKey(base(), operator, { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow('left')
  expect(getIdentity(base()).issuer).toEqual(first)
  await expect(addIssuerKey(base(), operator, { signal: AbortSignal.timeout(30_000) })).rejects.toMatchObject({ code: 'STATE_REFUSED' })
  await expect.poll(() => getIdentity(base()).issuer.seedName, { timeout: 30_000 }).toBe('issuer/2')
  expect(getIdentity(base()).nextIssuer).toBeUndefined()
  const third = await addIssuerKey(base(), operator, { signal: AbortSignal.timeout(30_000) })
  expect(keysInUse()).toEqual([third])
  expect(getIdentity(base()).didLog.trim().split('\n').length).toBe(3)
})

test('two keys within one second are refused in words, not by the rules of the DID log', async () => {
  const now = base().clock.now()
  const at = (time: number) => ({ ...base(), clock: { now: () => time, nowMs: () => time * 1000 } })
  await addIssuerKey(at(now + 5), operator, { signal: AbortSignal.timeout(30_000) })
  const again = addIssuerKey(at(now + 5), operator, { signal: AbortSignal.timeout(30_000) })
  await expect(again).rejects.toMatchObject({ code: 'STATE_REFUSED', params: { state: 'made a moment ago' } })
})

test('a key that the ledger refused leaves the present one in use', () => {
  const { issuer, ...identity } = getIdentity(base())
  base().records.settings.set('identity', { ...identity, issuer, nextIssuer: { ...issuer, keyId: `0x${'7'.repeat(64)}` } })
  base().transaction(() => settleRefusal(base(), { outboxId: 1, kind: 'issuer-key' }))
  expect([getIdentity(base()).issuer, getIdentity(base()).nextIssuer]).toEqual([issuer, undefined])
})
