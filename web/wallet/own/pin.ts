/** Why a PIN is not taken: too short, or too easy to guess. Undefined when it is good. */
export function weaknessOf(pin: string): 'short' | 'simple' | undefined {
  const codes = [...pin].map((character) => character.codePointAt(0) ?? 0)
  if (codes.length < 6) return 'short'
  const steps = new Set(codes.slice(1).map((code, at) => code - (codes[at] ?? 0)))
  const [step = 2] = steps
  return steps.size === 1 && Math.abs(step) <= 1 ? 'simple' : undefined
}
