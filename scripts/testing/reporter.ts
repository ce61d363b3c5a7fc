// Writes what `npm test` counts: passed, failed and skipped tests of each vitest project, and errors outside of tests.
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export interface ProjectCounts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface TestReport {
  projects: Record<string, ProjectCounts>;
  unhandledErrors: number;
}

export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const report: TestReport = { projects: {}, unhandledErrors: unhandledErrors.length };
    for (const module of modules) {
      report.projects[module.project.name] ??= { passed: 0, failed: 0, skipped: 0 };
      const counts = report.projects[module.project.name];
      if (counts !== undefined) countModule(module, counts);
    }
    const target = process.env.TEST_REPORT_FILE;
    if (target !== undefined) writeFileSync(target, JSON.stringify(report));
  }
}

/** A file that fails outside of its tests, or holds none, counts as one failure. */
function countModule(module: TestModule, counts: ProjectCounts): void {
  let tests = 0;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') counts.passed++;
    else if (state === 'skipped') counts.skipped++;
    else counts.failed++;
    tests++;
  }
  const suiteErrors = [module, ...module.children.allSuites()].flatMap((suite) => suite.errors());
  counts.failed += tests === 0 && suiteErrors.length === 0 ? 1 : suiteErrors.length;
}
