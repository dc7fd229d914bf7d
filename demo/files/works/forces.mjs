/**
 * 桁架桥的杆件受力 / Forces in the members of a truss bridge (Warren truss on two supports).
 *
 *     node forces.mjs PANELS LOAD AT      node forces.mjs 4 10 2
 *
 * PANELS: 节间数 number of panels; LOAD: 荷载,牛顿 newtons; AT: 荷载所在的下弦节点 the lower joint that carries it, 0 on the left.
 * 正值为拉力,负值为压力 / Positive: tension, negative: compression.
 */
import { fileURLToPath } from 'node:url'

const PANEL_MM = 30
const HEIGHT_MM = 26

/**
 * Joints (mm) and members of a truss with as many panels.
 * @param {number} panels
 */
export function makeTruss(panels) {
  const joints = []
  for (let at = 0; at <= panels; at += 1) joints.push({ name: `B${at}`, x: at * PANEL_MM, y: 0 })
  for (let at = 0; at < panels; at += 1) joints.push({ name: `T${at}`, x: (at + 0.5) * PANEL_MM, y: HEIGHT_MM })
  const top = panels + 1
  const members = []
  for (let at = 0; at < panels; at += 1) {
    members.push([at, at + 1], [at, top + at], [top + at, at + 1])
    if (at > 0) members.push([top + at - 1, top + at])
  }
  return { joints, members }
}

/**
 * The force in each member, newtons, in the order of `truss.members`, by the equilibrium of every joint.
 * @param {ReturnType<typeof makeTruss>} truss
 * @param {{ joint: number, newtons: number }[]} loads downwards, each on a joint
 */
export function solveForces({ joints, members }, loads) {
  const last = joints.filter(({ name }) => name.startsWith('B')).length - 1
  const size = 2 * joints.length
  const rows = Array.from({ length: size }, () => new Array(size + 1).fill(0))
  for (const [index, [from, to]] of members.entries()) {
    const [dx, dy] = [joints[to].x - joints[from].x, joints[to].y - joints[from].y]
    const length = Math.hypot(dx, dy)
    for (const [joint, sign] of [
      [from, 1],
      [to, -1],
    ]) {
      rows[2 * joint][index] += (sign * dx) / length
      rows[2 * joint + 1][index] += (sign * dy) / length
    }
  }
  // The left support holds in both directions, the right one upwards only.
  rows[0][members.length] = 1
  rows[1][members.length + 1] = 1
  rows[2 * last + 1][members.length + 2] = 1
  for (const { joint, newtons } of loads) rows[2 * joint + 1][size] += newtons
  return solve(rows).slice(0, members.length)
}

/** Gauss with the largest pivot. */
function solve(rows) {
  const size = rows.length
  for (let column = 0; column < size; column += 1) {
    let best = column
    for (let row = column + 1; row < size; row += 1) if (Math.abs(rows[row][column]) > Math.abs(rows[best][column])) best = row
    ;[rows[column], rows[best]] = [rows[best], rows[column]]
    const pivot = rows[column]
    for (const [index, row] of rows.entries()) {
      const factor = index === column ? 0 : row[column] / pivot[column]
      if (factor !== 0) for (let at = column; at <= size; at += 1) row[at] -= factor * pivot[at]
    }
  }
  return rows.map((row, index) => row[size] / row[index])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [panels = 4, newtons = 10, joint = 2] = process.argv.slice(2).map(Number)
  if (
    !(Number.isInteger(panels) && panels >= 1 && panels <= 40 && Number.isInteger(joint) && joint >= 0 && joint <= panels && newtons >= 0)
  ) {
    console.error('usage: node forces.mjs PANELS(1-40) LOAD_N AT(0-PANELS)')
    process.exit(2)
  }
  const truss = makeTruss(panels)
  for (const [index, force] of solveForces(truss, [{ joint, newtons }]).entries()) {
    const [from, to] = truss.members[index].map((at) => truss.joints[at].name)
    const kind = Math.abs(force) < 1e-9 ? '零杆 none' : force > 0 ? '受拉 tension' : '受压 compression'
    console.log(`${from}-${to}\t${force.toFixed(2)} N\t${kind}`)
  }
}
