import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOut, nodeSize } from './layout.ts'

type Graph = Parameters<typeof layOut>[0]
const node = (workId: number, level: number): Graph['nodes'][number] => ({
  workId,
  level,
  title: null,
  kind: null,
  baseId: 1,
  takenDown: false,
  contested: false,
  hidden: 0,
})
const edge = (workId: number, parentId: number): Graph['edges'][number] => ({ workId, parentId, kind: 'adaptation', share: 0 })

/** Random works in levels, each made from some of the level before. */
const graphs = fc.array(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 }).map((levels): Graph => {
  let next = 0
  const columns = levels.map((picks, level) =>
    picks.map((pick) => {
      next += 1
      return { node: node(next, level), pick }
    }),
  )
  const edges = columns.flatMap((column, level) =>
    column.flatMap(({ node: child, pick }) => {
      const before = columns[level - 1] ?? []
      const parent = before[pick % Math.max(1, before.length)]
      return parent ? [edge(child.workId, parent.node.workId)] : []
    }),
  )
  return { nodes: columns.flat().map((entry) => entry.node), edges }
})

describe('the drawing of the works around one', () => {
  it('shows every work once, none over another, and all within its size', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, width, height } = layOut(graph)
        expect(nodes.map((place) => place.node.workId).sort((one, other) => one - other)).toEqual(graph.nodes.map(({ workId }) => workId))
        const isInside = ({ x, y }: { x: number; y: number }) =>
          x >= 0 && y >= 0 && x + nodeSize.width <= width && y + nodeSize.height <= height
        const isApart = (one: (typeof nodes)[number], other: (typeof nodes)[number]) =>
          one === other || Math.abs(one.x - other.x) >= nodeSize.width || Math.abs(one.y - other.y) >= nodeSize.height
        expect(nodes.filter((place) => !isInside(place))).toEqual([])
        expect(nodes.filter((one) => nodes.some((other) => !isApart(one, other)))).toEqual([])
      }),
    )
  })

  it('puts what a work was made from to its left', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, edges } = layOut(graph)
        const places = new Map(nodes.map((place) => [place.node.workId, place.x]))
        for (const { edge: line } of edges) expect(places.get(line.parentId)).toBeLessThan(places.get(line.workId) ?? 0)
      }),
    )
  })

  it('uncrosses two lines where the order of a column decides it', () => {
    const graph = { nodes: [node(1, 0), node(2, 0), node(3, 1), node(4, 1)], edges: [edge(3, 2), edge(4, 1)] }
    const places = new Map(layOut(graph).nodes.map((place) => [place.node.workId, place.y]))
    expect((places.get(1) ?? 0) < (places.get(2) ?? 0)).toBe((places.get(4) ?? 0) < (places.get(3) ?? 0))
  })

  it('leaves out a line to a work that is not in view', () => {
    expect(layOut({ nodes: [node(1, 0)], edges: [edge(1, 9)] }).edges).toEqual([])
  })

  it('lays 150 works out in well under a tenth of a second', () => {
    const nodes = Array.from({ length: 150 }, (_, index) => node(index + 1, Math.floor(index / 15)))
    const edges = nodes.slice(15).map(({ workId }) => edge(workId, workId - 15))
    layOut({ nodes: nodes.slice(0, 30), edges: [] })
    const began = performance.now()
    expect(layOut({ nodes, edges }).nodes).toHaveLength(150)
    expect(performance.now() - began).toBeLessThan(100)
  })
})
