import type { TestCase } from 'vitest/node'

/** A vitest reporter that names each skipped test with the reason that it gives. One without a reason is told as such. */
export default class ReportSkips {
  onTestCaseResult(test: TestCase): void {
    const result = test.result()
    if (result.state !== 'skipped') return
    process.stdout.write(`skipped  ${test.fullName}: ${result.note ?? 'it gives no reason'}\n`)
  }
}
