import type { NetworkDescriptor } from '@guildhall/credentials'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { addNetwork, listAddedNetworks, removeNetwork } from './networks.ts'

const network = (digit: string): NetworkDescriptor => ({
  name: `Network ${digit}`,
  chainId: 31337,
  genesisHash: `0x${digit.repeat(64)}`,
  directory: `0x${digit.repeat(40)}`,
  checkpointKeys: [],
  threshold: 1,
  trial: true,
})

describe('the networks added on a device', () => {
  beforeEach(() => {
    const held = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
    })
  })

  it('are listed once each, and no longer once removed', () => {
    addNetwork(network('1'))
    addNetwork(network('2'))
    addNetwork(network('1'))
    expect(listAddedNetworks().map(({ name }) => name)).toEqual(['Network 2', 'Network 1'])
    removeNetwork(network('2').genesisHash)
    expect(listAddedNetworks().map(({ name }) => name)).toEqual(['Network 1'])
  })

  it('are none where what the device holds is damaged', () => {
    for (const damaged of ['', '{', '{}', '[{"name":"half"}]']) {
      localStorage.setItem('guildhall.networks', damaged)
      expect(listAddedNetworks()).toEqual([])
    }
  })
})
