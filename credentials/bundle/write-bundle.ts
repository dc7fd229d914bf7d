import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { type Zippable, zipSync } from 'fflate'
import type { JsonObject } from '../formats/format.ts'
import { canonicalJson } from '../formats/json.ts'
import { toHex } from '../verify/evidence/anchor-receipt.ts'
import type { Bundle, BundledCredential, Manifest } from './bundle.ts'

/** 1980-01-01, the first day that a zip can name: the same content gives the same bytes. */
const fixedTime = new Date(1980, 0, 1)

/** Writes a bundle as the bytes of a `.guildhall` zip. */
export function writeBundle(bundle: Bundle): Uint8Array {
  const files = new Map<string, Uint8Array>()
  const addText = (path: string, text: string) => {
    files.set(path, utf8ToBytes(text))
    return path
  }
  const addJson = (path: string, value: unknown) => addText(path, `${canonicalJson(value as JsonObject)}\n`)
  const parts = {
    network: addJson('network.json', bundle.network),
    checkpoint: addJson('checkpoint.json', bundle.checkpoint),
    facts: addJson('facts.json', bundle.facts),
    credentials: bundle.credentials.map((credential, at) => addCredential(credential, String(at + 1), { addText, addJson })),
    didLogs: bundle.didLogs.map(({ did, log }, at) => ({ did, path: addText(`did/${at + 1}.jsonl`, log) })),
    lists: bundle.lists.map(({ cid, url, text }, at) => ({ cid, url, path: addText(`status/${at + 1}.txt`, text) })),
  }
  const listed = [...files].map(([path, bytes]) => ({ path, size: bytes.length, digest: toHex(sha256(bytes)) }))
  const manifest: Manifest = { type: 'GuildhallBundle', version: 1, ...parts, files: listed }
  addJson('manifest.json', manifest)
  const zippable: Zippable = {}
  for (const [path, bytes] of [...files].reverse()) zippable[path] = [bytes, { level: 9, mtime: fixedTime }]
  return zipSync(zippable)
}

interface Adders {
  addText(path: string, text: string): string
  addJson(path: string, value: unknown): string
}

function addCredential({ secured, receipt, openings, frames }: BundledCredential, name: string, { addText, addJson }: Adders) {
  return {
    secured: typeof secured === 'string' ? addText(`credentials/${name}.jwt`, secured) : addJson(`credentials/${name}.json`, secured),
    ...(receipt === undefined ? {} : { receipt: addJson(`receipts/${name}.json`, receipt) }),
    ...(openings === undefined ? {} : { openings: addJson(`openings/${name}.json`, openings) }),
    ...(frames === undefined ? {} : { frames: addJson(`frames/${name}.json`, frames) }),
  }
}
