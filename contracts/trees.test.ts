import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const trees = globSync('**/*.tree', { cwd: import.meta.dirname })

/** The leaves of a tree as `function: given … when … it …`, read from its drawing. */
function leavesOf(tree: string): string[] {
  const leaves: string[] = []
  const path: string[] = []
  for (const line of tree.split('\n').filter((each) => each.trim() !== '' && !each.startsWith('//'))) {
    const text = line.replace(/^[│├└─ ]+/, '')
    const depth = (line.length - text.length) / 3
    path.splice(depth, path.length, text)
    const [name, ...rest] = path
    if (text.startsWith('it ')) leaves.push(`${name}: ${rest.join(' ')}`)
  }
  return leaves
}

/** The names of a test file as `describe: it`. */
function namesOf(source: string): string[] {
  const names: string[] = []
  let group = ''
  for (const [, kind, single, double] of source.matchAll(/^\s*(describe|it)\((?:'([^']+)'|"([^"]+)")/gm)) {
    const name = single ?? double ?? ''
    if (kind === 'describe') group = name
    else names.push(`${group}: ${name}`)
  }
  return names
}

describe('behaviour trees', () => {
  it('there is one beside every contract of the network', () => {
    expect(trees.toSorted()).toEqual([
      'accounts/LearnerAccount.tree',
      'accounts/SponsorPaymaster.tree',
      'commerce/SettlementToken.tree',
      'credentials/CredentialAnchors.tree',
      'credentials/StatusLists.tree',
      'directory/Directory.tree',
      'governance/NetworkTimelock.tree',
      'membership/BaseRegistry.tree',
      'membership/Entitlements.tree',
      'resources/licences/Licences.tree',
      'resources/review/ReviewPanels.tree',
      'resources/royalties/RoyaltyLedger.tree',
      'resources/usage/UsageReceipts.tree',
      'resources/works/ResourceRegistry.tree',
    ])
  })

  for (const tree of trees) {
    it(`${tree} says the same as the tests beside it`, () => {
      const path = `${import.meta.dirname}/${tree}`
      const tests = globSync(path.replace('.tree', '*.test.ts')).map((file) => readFileSync(file, 'utf8'))
      expect(tests.flatMap(namesOf).toSorted()).toEqual(leavesOf(readFileSync(path, 'utf8')).toSorted())
    })
  }
})
