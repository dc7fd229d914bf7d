/** Prints the report of N kills of a base as JSON; the bench calls it. */
import { killOverSteps } from './outbox-kills.ts'

console.log(JSON.stringify(await killOverSteps(Number(process.argv[2] ?? 20))))
