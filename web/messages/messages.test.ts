import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reasons } from '@guildhall/credentials'
import { describe, expect, it } from 'vitest'

const read = (locale: string, file: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, locale, file), 'utf8')) as Record<string, string>
const files = readdirSync(join(import.meta.dirname, 'en'))
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe.each(files)('the messages in %s', (file) => {
  const [zh, en] = [read('zh-CN', file), read('en', file)]

  it('are there in both languages, each with a text', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort())
    expect(Object.entries({ ...zh, ...en }).filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('have the same values to fill in', () => {
    const differing = Object.keys(en).filter((key) => String(placeholders(zh[key] ?? '')) !== String(placeholders(en[key] ?? '')))
    expect(differing).toEqual([])
  })
})

describe('a key', () => {
  it('stands in one file only: a second one would take its place without a word', () => {
    const keys = files.flatMap((file) => Object.keys(read('en', file)))
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })
})

describe('the words of learner and guardian screens', () => {
  it('never speak of gas, wallet addresses, seeds, hashes, nodes, blocks or tokens', () => {
    const screens = ['wallet.json', 'own-wallet.json']
    const texts = screens.flatMap((file) => [read('zh-CN', file), read('en', file)]).flatMap((messages) => Object.entries(messages))
    const forbidden = /\b(gas|wallet address|seed|hash|node|block|token)s?\b|哈希|节点|区块|代币|助记词|钱包地址/i
    expect(texts.filter(([, text]) => forbidden.test(text))).toEqual([])
  })
})

describe('the sentences of the verification', () => {
  it('are the English ones of the verifier, and are there for every code', () => {
    const expected = Object.fromEntries(Object.entries(reasons).map(([code, { sentence }]) => [`reason_${code.toLowerCase()}`, sentence]))
    expect(read('en', 'reasons.json')).toEqual(expected)
  })
})
