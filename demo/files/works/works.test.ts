import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { drawFrame, FILM } from './draw-video.ts'
import { makeTruss, solveForces } from './forces.mjs'
import { makeBridge } from './make-bridge.ts'

const fileOf = (name: string) => readFileSync(join(import.meta.dirname, name))

describe('the works of the demo', () => {
  it('have the bridge as its generator makes it', () => {
    expect(Buffer.from(makeBridge()).equals(fileOf('bridge.stl'))).toBe(true)
  })

  it('have a bridge of closed solids that lies on the bed: every edge is walked once in each direction', () => {
    const stl = fileOf('bridge.stl')
    const walked = new Map<string, number>()
    let lowest = Number.POSITIVE_INFINITY
    for (let at = 84; at < stl.length; at += 50) {
      const corners = [12, 24, 36].map((place) => [0, 4, 8].map((part) => stl.readFloatLE(at + place + part)))
      for (const [index, corner] of corners.entries()) {
        lowest = Math.min(lowest, corner[2] ?? 0)
        const next = corners[(index + 1) % 3] ?? []
        const [there, back] = [`${corner}>${next}`, `${next}>${corner}`]
        walked.set(there, (walked.get(there) ?? 0) + 1)
        walked.set(back, (walked.get(back) ?? 0) - 1)
      }
    }
    expect(lowest).toBe(0)
    expect([...walked.values()].filter((left) => left !== 0)).toEqual([])
  })

  it('have a program whose forces hold every joint in balance', async () => {
    const truss = makeTruss(4)
    const forces = solveForces(truss, [{ joint: 2, newtons: 10 }])
    const [x, y] = [0, 0].map((_, axis) =>
      truss.members.reduce((sum, [from = 0, to = 0], index) => {
        if (from !== 2 && to !== 2) return sum
        const [here, there] = [truss.joints[2], truss.joints[from === 2 ? to : from]]
        const way = [(there?.x ?? 0) - (here?.x ?? 0), (there?.y ?? 0) - (here?.y ?? 0)]
        return sum + ((forces[index] ?? 0) * (way[axis] ?? 0)) / Math.hypot(...way)
      }, 0),
    )
    expect(x).toBeCloseTo(0, 9)
    expect(y).toBeCloseTo(10, 9)
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'forces.mjs'), '4', '10', '2'])
    expect(stdout.trim().split('\n')).toHaveLength(truss.members.length)
    expect(stdout).toContain('T1-T2\t-11.54 N\t受压 compression')
  })

  it('have a video in a WebM container with VP9 inside, below 300 kB, of frames that differ', () => {
    const video = fileOf('bridge.webm')
    expect(video.readUInt32BE(0)).toBe(0x1a45dfa3)
    expect(video.includes('webm') && video.includes('V_VP9')).toBe(true)
    expect(video.length).toBeLessThan(300_000)
    expect(Buffer.compare(drawFrame(0), drawFrame(FILM.frames / 2))).not.toBe(0)
  })

  it('have a deck that is a whole PDF', () => {
    const deck = fileOf('deck.pdf')
    expect(deck.subarray(0, 5).toString()).toBe('%PDF-')
    expect(deck.subarray(-8).toString()).toContain('%%EOF')
  })
})
