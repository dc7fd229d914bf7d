import { expect, it } from 'vitest'
import { accountAbis } from '../generated/accounts.ts'
import { ACCOUNT_CALLERS, accountPermissions } from './permissions.ts'

it.each(Object.entries(accountPermissions))('the table names every function of %s that changes something, and no other', (name, table) => {
  const changing = accountAbis[name as keyof typeof accountPermissions].flatMap((item) =>
    item.type === 'function' && item.stateMutability !== 'view' && item.stateMutability !== 'pure' ? [item.name] : [],
  )
  expect(Object.keys(table).toSorted()).toEqual(changing.toSorted())
})

it('every kind of caller is somebody’s', () => {
  const used = new Set<string>(Object.values(accountPermissions).flatMap((table) => Object.values(table)))
  expect([...used].toSorted()).toEqual(Object.keys(ACCOUNT_CALLERS).toSorted())
})
