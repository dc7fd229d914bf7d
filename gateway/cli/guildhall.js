#!/usr/bin/env node
// Plain JavaScript, so that any Node from 20 on can begin: the rest of the command runs under the Node 24 that the packages bring.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const commandFile = join(dirname(fileURLToPath(import.meta.url)), 'run.ts')

if (Number(process.versions.node.split('.')[0]) >= 24) await import('./run.ts')
else runUnderNode24()

function runUnderNode24() {
  const child = spawn(findNode24(), [commandFile, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}

function findNode24() {
  try {
    const packaged = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`)
    const path = join(dirname(packaged), 'bin', 'node')
    if (existsSync(path)) return path
  } catch {
    // Said below, in one place for both cases.
  }
  console.error(
    `guildhall needs Node 24; this is ${process.version} and the packaged one is not installed. Run \`npm start\` once in the checkout, or install Node 24.`,
  )
  process.exit(1)
}
