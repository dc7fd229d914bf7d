import type { JsonObject, JsonValue } from '../../formats/format.ts'
import { isJsonObject } from '../../formats/json.ts'
import { baseContext, type HeldContexts, readContexts } from './contexts.ts'
import { checkId, checkType, type Validation, validateCredential } from './credential.ts'
import { eachObject, isUrl, listOf, type Problem, type Report, typesOf } from './problem.ts'

/** Validates a presentation without its envelope against VC Data Model 2.0 §4.13, with every credential in it. Never throws. */
export function validatePresentation(presentation: JsonObject, held: HeldContexts): Validation {
  const problems: Problem[] = []
  const report: Report = (path, problem) => {
    problems.push({ path, problem })
  }
  const vocabulary = readContexts(presentation['@context'], held, report)
  checkType(presentation, 'VerifiablePresentation', vocabulary, report)
  checkId(presentation, '', report)
  checkHolder(presentation['holder'], report)
  if (presentation['proof'] !== undefined) {
    eachObject(presentation['proof'], 'proof', report, (node, path) => {
      if (typesOf(node).length === 0) report(`${path}.type`, 'is missing')
    })
  }
  const credentials = presentation['verifiableCredential']
  if (credentials !== undefined)
    eachObject(credentials, 'verifiableCredential', report, (node, path) => checkInside(node, path, held, problems))
  return { problems, contextsNotHeld: vocabulary.notHeld }
}

/** Whether an object stands for an enveloped credential or presentation, well formed or not (§4.13.1, §4.13.2). */
export function isEnveloped(node: JsonValue | undefined): boolean {
  return isJsonObject(node) && typesOf(node).some((type) => type.startsWith('EnvelopedVerifiable'))
}

/** Checks an enveloped credential or presentation: base context, a `data:` URL, and only that type. */
function checkEnvelope(node: JsonObject, kind: 'Credential' | 'Presentation', report: Report): void {
  if (!listOf(node['@context']).includes(baseContext)) report('@context', `does not include ${baseContext}`)
  if (typeof node['id'] !== 'string' || !/^data:[\w.+-]+\/[\w.+-]+(;[^,]*)?,./.test(node['id'])) report('id', 'is not a data: URL')
  const types = typesOf(node)
  if (types.length !== 1 || types[0] !== `EnvelopedVerifiable${kind}`) report('type', `is not EnvelopedVerifiable${kind}`)
}

/** The secured text inside an envelope's `data:` URL. */
export function openEnvelope(node: JsonObject): { mediaType: string; secured: string } | undefined {
  const match = typeof node['id'] === 'string' ? /^data:([\w.+-]+\/[\w.+-]+)(?:;[^,]*)?,(.+)$/s.exec(node['id']) : null
  return match === null ? undefined : { mediaType: match[1] ?? '', secured: decodeText(match[2] ?? '') }
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function checkHolder(holder: JsonValue | undefined, report: Report): void {
  if (holder === undefined) return
  const id = isJsonObject(holder) ? holder['id'] : holder
  if (!isUrl(id)) report('holder', 'is not a URL, nor an object whose id is one')
}

function checkInside(node: JsonObject, path: string, held: HeldContexts, problems: Problem[]): void {
  const inside = (place: string, problem: string) => {
    problems.push({ path: `${path}.${place}`, problem })
  }
  const { id } = node
  const looksEnveloped = (typeof id === 'string' && id.startsWith('data:')) || isEnveloped(node)
  if (looksEnveloped) {
    checkEnvelope(node, 'Credential', inside)
    return
  }
  for (const problem of validateCredential(node, held).problems) inside(problem.path, problem.problem)
}
