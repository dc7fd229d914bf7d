import type { Command } from 'commander'

const shells = {
  bash: (words: string) => `_guildhall() { local word="\${COMP_WORDS[COMP_CWORD]}"; case "\${COMP_WORDS[*]:1:COMP_CWORD-1}" in
${words}
esac; }
complete -o default -F _guildhall guildhall
`,
  zsh: (words: string) => `autoload -U +X bashcompinit && bashcompinit\n${shells.bash(words)}`,
  fish: (_: string, all: readonly Entry[]) =>
    all
      .map(({ path, words }) => `complete -c guildhall -n '__fish_seen_subcommand_from ${path || 'guildhall'}' -a '${words.join(' ')}'`)
      .join('\n'),
}
type Entry = { path: string; words: string[] }

/** The shells that `guildhall completion SHELL` writes for. */
export const completionShells = Object.keys(shells) as (keyof typeof shells)[]

/** A script for the shell, made from the commands and options themselves, so that it can't be out of date. */
export function completionScript(program: Command, shell: keyof typeof shells): string {
  const entries = list(program, [])
  const words = entries
    .toSorted((a, b) => b.path.length - a.path.length)
    .map(({ path, words: known }) => `  "${path}"*) COMPREPLY=($(compgen -W "${known.join(' ')}" -- "$word"));;`)
    .join('\n')
  return shells[shell](words, entries)
}

function list(command: Command, path: string[]): Entry[] {
  const words = [
    ...command.commands.map((one) => one.name()),
    ...command.options.map((one) => one.long ?? '').filter((long) => long !== '' && long !== '--json'),
    '--json',
    '--help',
  ]
  return [{ path: path.join(' '), words }, ...command.commands.flatMap((one) => list(one, [...path, one.name()]))]
}
