/** Prints the report of N kills of a base as JSON; the bench calls it. A second argument names the folder in which a long run can go on. */
import { killOverSteps } from './outbox-kills.ts'

console.log(JSON.stringify(await killOverSteps(Number(process.argv[2] ?? 20), process.argv[3])))
