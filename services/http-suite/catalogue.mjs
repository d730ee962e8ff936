// Prints what the suite's tests are, as JSON: its results say only how each one ended.
import suites from './tests/index.mjs'

const tests = suites.flatMap(suite => suite.tests.filter(test => !test.browser_only).map(test => ({
  suite: suite.name,
  id: test.id,
  name: test.name,
  kind: test.kind || 'required',
  depends_on: test.depends_on || []
})))
console.log(JSON.stringify(tests))
