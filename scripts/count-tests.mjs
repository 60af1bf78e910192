// Prints the counts of vitest's JSON report alone on the last line, and fails if a test failed, was skipped, or if vitest
// itself did: count-tests.mjs REPORT STATUS
import { readFileSync } from 'node:fs';

const [report, status] = process.argv.slice(2);
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
  readFileSync(report, 'utf8'),
);
const skipped = numPendingTests + numTodoTests;
for (const { name, status: outcome, assertionResults, message } of testResults) {
  if (outcome !== 'failed') continue;
  const failed = assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
  console.log(`failed: ${name}\n  ${failed.join('\n  ') || message}`);
}
process.exitCode =
  Number(status) !== 0 ? Number(status) : numFailedTests > 0 || skipped > 0 || numPassedTests === 0 ? 1 : 0;
console.log(`${numPassedTests} passed, ${numFailedTests} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
