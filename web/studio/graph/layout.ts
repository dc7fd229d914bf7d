import type { RouteOutput } from '@guildhall/gateway/api'

type WorkGraph = RouteOutput<'getWorkGraph'>

/** The size of a node and the room around it, in the units of the drawing. */
export const nodeSize = { width: 184, height: 56 } as const
const gap = { across: 72, down: 16 } as const

/** A node with its place: the middle of its left side is at (x, y + height / 2). */
export interface PlacedNode {
  node: WorkGraph['nodes'][number]
  x: number
  y: number
}

/** A line from a source to what was made from it. */
interface PlacedEdge {
  edge: WorkGraph['edges'][number]
  path: string
}

/** A drawing of the works around one. */
export interface Drawing {
  nodes: readonly PlacedNode[]
  edges: readonly PlacedEdge[]
  width: number
  height: number
}

/** How often the order in the columns is improved; more no longer shows. */
const rounds = 4

/**
 * Lays the works around one out in columns, sources on the left: a column a level, each ordered by the middle of what it is joined to, so
 * that lines cross little. Edges to works that are not among the nodes are left out.
 */
export function layOut({ nodes, edges }: WorkGraph): Drawing {
  const columns = columnsOf(nodes)
  const known = new Set(nodes.map(({ workId }) => workId))
  const drawn = edges.filter(({ workId, parentId }) => known.has(workId) && known.has(parentId))
  const neighbours = neighboursOf(drawn)
  for (let round = 0; round < rounds; round += 1) {
    for (const column of round % 2 === 0 ? columns : columns.toReversed()) order(column, rowsOf(columns), neighbours)
  }
  const tallest = Math.max(1, ...columns.map(({ length }) => length))
  const step = nodeSize.height + gap.down
  const placed = columns.flatMap((column, across) =>
    column.map((node, row) => ({
      node,
      x: across * (nodeSize.width + gap.across),
      y: (row + (tallest - column.length) / 2) * step,
    })),
  )
  const places = new Map(placed.map((place) => [place.node.workId, place]))
  return {
    nodes: placed,
    edges: drawn.flatMap((edge) => {
      const from = places.get(edge.parentId)
      const to = places.get(edge.workId)
      return from && to ? [{ edge, path: curve(from, to) }] : []
    }),
    width: columns.length * nodeSize.width + Math.max(0, columns.length - 1) * gap.across,
    height: tallest * step - gap.down,
  }
}

type Column = WorkGraph['nodes']

function columnsOf(nodes: WorkGraph['nodes']): Column[] {
  const levels = new Map<number, Column>()
  for (const node of nodes) levels.set(node.level, [...(levels.get(node.level) ?? []), node])
  return [...levels].sort(([one], [other]) => one - other).map(([, column]) => column.sort((one, other) => one.workId - other.workId))
}

function neighboursOf(edges: WorkGraph['edges']): Map<number, number[]> {
  const neighbours = new Map<number, number[]>()
  const join = (one: number, other: number) => neighbours.set(one, [...(neighbours.get(one) ?? []), other])
  for (const { workId, parentId } of edges) {
    join(workId, parentId)
    join(parentId, workId)
  }
  return neighbours
}

/** Where every work stands in its column, from the middle, so that short columns line up with long ones. */
function rowsOf(columns: readonly Column[]): Map<number, number> {
  return new Map(columns.flatMap((column) => column.map(({ workId }, row) => [workId, row - (column.length - 1) / 2] as const)))
}

function order(column: Column, rows: Map<number, number>, neighbours: Map<number, number[]>): void {
  const middles = new Map(
    column.map(({ workId }) => {
      const joined = neighbours.get(workId) ?? []
      const sum = joined.reduce((all, other) => all + (rows.get(other) ?? 0), 0)
      return [workId, joined.length === 0 ? (rows.get(workId) ?? 0) : sum / joined.length]
    }),
  )
  column.sort((one, other) => (middles.get(one.workId) ?? 0) - (middles.get(other.workId) ?? 0) || one.workId - other.workId)
}

function curve(from: PlacedNode, to: PlacedNode): string {
  const start = { x: from.x + nodeSize.width, y: from.y + nodeSize.height / 2 }
  const end = { x: to.x, y: to.y + nodeSize.height / 2 }
  const middle = (start.x + end.x) / 2
  return `M${start.x} ${start.y}C${middle} ${start.y} ${middle} ${end.y} ${end.x} ${end.y}`
}
