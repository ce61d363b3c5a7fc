// `npm test [-- filter…]`: everything. Installs what is missing, checks, builds, runs all suites, and counts.
// A filter is a project (unit, web, db, db-sqlite, …, git, e2e), `checks`, or anything vitest understands.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale, ensureInstalled, environment, PINNED_NODE, ROOT } from './project.mjs';
import { ensureClients } from './testing/clients.mjs';
import { ensureTestPrograms } from './testing/debian.mjs';

const PROJECTS = ['unit', 'web', 'db-sqlite', 'db-postgres', 'db-mysql', 'git', 'e2e'];
/** Projects that run dist/opencodehub. */
const NEED_EXECUTABLE = ['git', 'e2e'];

const filters = process.argv.slice(2);
const all = filters.length === 0;

ensureInstalled();
ensureTestPrograms();

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

if (all || filters.includes('checks')) await runChecks();
const projects = chosenProjects();
if (all || filters.some((filter) => filter !== 'checks')) runSuites(projects);

for (const failure of failures) console.log(`FAILED ${failure}`);
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function runChecks() {
  const checks = await import('./check.mjs');
  const results = await checks.runChecks();
  checks.report(results);
  for (const { name, passed } of results)
    count(`check: ${name}`, { passed: passed ? 1 : 0, failed: passed ? 0 : 1 });
}

/** `db` stands for all three engines; filters that name no project narrow the files of all. */
function chosenProjects() {
  const named = PROJECTS.filter((name) =>
    filters.some((filter) => name === filter || name.startsWith(`${filter}-`)),
  );
  return named.length > 0 ? named : PROJECTS;
}

function runSuites(chosen) {
  if (chosen.includes('e2e')) ensureClients();
  if (chosen.some((project) => NEED_EXECUTABLE.includes(project))) {
    const built = buildIfStale();
    count('build', { passed: built ? 1 : 0, failed: built ? 0 : 1 });
  }
  const folder = mkdtempSync(join(tmpdir(), 'opencodehub-test-'));
  const target = join(folder, 'report.json');
  const status = runVitest(chosen, target);
  countReport(chosen, readReport(target), status);
  rmSync(folder, { recursive: true, force: true });
}

function runVitest(chosen, target) {
  const rest = filters.filter((filter) => filter !== 'checks' && !isProjectFilter(filter));
  const args = ['run', '--reporter=default', '--reporter=./scripts/testing/reporter.ts'];
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const result = spawnSync(
    PINNED_NODE,
    [vitest, ...args, ...chosen.flatMap((name) => ['--project', name]), ...rest],
    {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: environment({ TEST_REPORT_FILE: target }),
    },
  );
  return result.status ?? 1;
}

function isProjectFilter(filter) {
  return PROJECTS.some((name) => name === filter || name.startsWith(`${filter}-`));
}

function readReport(target) {
  try {
    return JSON.parse(readFileSync(target, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A suite that ran nothing is a failure too, unless files were picked by hand. */
function countReport(chosen, report, status) {
  if (report === undefined) return count('vitest ended without a report', { failed: 1 });
  const narrowed = filters.some((filter) => filter !== 'checks' && !isProjectFilter(filter));
  for (const name of chosen) {
    const counts = report.projects[name] ?? { passed: 0, failed: 0, skipped: 0 };
    if (counts.passed + counts.failed > 0) count(`suite ${name}: ${counts.failed} failed`, counts);
    else if (!narrowed) count(`suite ${name} ran no test`, { failed: 1 });
  }
  if (report.unhandledErrors > 0) count('errors outside of tests', { failed: report.unhandledErrors });
  if (status !== 0 && total.failed === 0) count(`vitest ended with ${status}`, { failed: 1 });
  if (total.passed + total.failed === 0) count('no test matched the filter', { failed: 1 });
}

function count(name, { passed = 0, failed = 0, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  if (failed > 0) failures.push(name);
}
