import { expect, it } from 'vitest'
import { weaknessOf } from './pin.ts'

it('takes six characters that are neither all the same nor in a row', () => {
  expect(['20261122', '481590', 'correct horse', '我的六位口令'].map(weaknessOf)).toEqual([undefined, undefined, undefined, undefined])
})

it('names a PIN that is too short before it judges how simple it is', () => {
  expect(['', '1', '11111', '54321'].map(weaknessOf)).toEqual(['short', 'short', 'short', 'short'])
})

it('refuses what is guessed first: one character repeated, or a run up or down', () => {
  expect(['000000', '123456', '987654', 'abcdef'].map(weaknessOf)).toEqual(['simple', 'simple', 'simple', 'simple'])
})
