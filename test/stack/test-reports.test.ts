import { describe, expect, it } from 'vitest'
import { odooCounts, playwrightCounts, vitestCounts } from './test-reports.ts'

const at = '2026-11-21 07:00:00,000 1'

describe("Odoo's test log", () => {
  it('counts what ran and what failed', () => {
    const log = [
      `${at} ERROR db odoo.addons.marketplace_sync.tests.test_x: FAIL: TestX.test_y`,
      `${at} INFO db odoo.tests.result: 1 failed, 0 error(s) of 12 tests when loading database 'db'`,
    ].join('\n')
    expect(odooCounts(log)).toEqual({ passed: 11, failed: 1, notes: ['FAIL: TestX.test_y'] })
  })

  it('takes a skipped browser test for a failure', () => {
    const log = [
      `${at} INFO db odoo.addons.marketplace_sync.tests.test_tour: skipped TestTour.test_badge : Chrome executable not found`,
      `${at} INFO db odoo.tests.result: 0 failed, 0 error(s) of 3 tests when loading database 'db'`,
    ].join('\n')
    expect(odooCounts(log)).toMatchObject({ passed: 2, failed: 1 })
  })

  it('fails when Odoo ran nothing or never came to an end', () => {
    expect(odooCounts('')).toMatchObject({ passed: 0, failed: 1 })
    expect(
      odooCounts(`${at} INFO db odoo.tests.result: 0 failed, 0 error(s) of 0 tests when loading database 'db'`).failed,
    ).toBe(1)
  })
})

describe("vitest's report", () => {
  const file = (status: string, assertionResults: object[], message = '') => ({
    name: 'a.test.ts',
    status,
    message,
    assertionResults,
  })

  it('counts tests, and a file that cannot be loaded as one failure', () => {
    const passed = { fullName: 'a works', status: 'passed' }
    const broken = { fullName: 'b works', status: 'failed', failureMessages: ['expected 1 to be 2\n  at x'] }
    const report = { testResults: [file('failed', [passed, broken]), file('failed', [], 'Cannot find module x')] }
    expect(vitestCounts(report)).toEqual({
      passed: 1,
      failed: 2,
      notes: ['b works: expected 1 to be 2', 'a.test.ts: Cannot find module x'],
    })
  })

  it('takes a skipped test for a failure', () => {
    expect(vitestCounts({ testResults: [file('passed', [{ fullName: 'later', status: 'skipped' }])] }).failed).toBe(1)
  })
})

describe("Playwright's report", () => {
  const test = (status: string, message?: string) => ({
    status,
    results: [{ error: message ? { message } : undefined }],
  })

  it('counts nested suites and names what failed', () => {
    const inner = { specs: [{ title: 'badge turns', tests: [test('unexpected', 'timed out')] }] }
    const report = {
      suites: [{ specs: [{ title: 'logs in', tests: [test('expected')] }], suites: [inner] }],
      errors: [],
    }
    expect(playwrightCounts(report)).toEqual({ passed: 1, failed: 1, notes: ['badge turns: timed out'] })
  })

  it('trusts neither a flaky nor a skipped test, nor an empty run', () => {
    const suite = { specs: [{ title: 'x', tests: [test('flaky'), test('skipped')] }] }
    expect(playwrightCounts({ suites: [suite], errors: [] })).toMatchObject({ passed: 0, failed: 2 })
    expect(playwrightCounts({ suites: [], errors: [] }).failed).toBe(1)
  })
})
