// The tab Checks: what statuses and check runs say of the head's commit, and what one run found.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { encodePath, visibleText } from '../code/paths.service.ts';
import type { StatusState } from '../code/statuses.types.ts';
import { previewText } from '../issues/texts.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { checksOf } from '../rules/check-runs.service.ts';
import type { Annotation, Check, CheckRun } from '../rules/check-runs.types.ts';
import { rulesForBranch } from '../rules/rules.service.ts';
import type { PullRow } from './pulls.types.ts';

/** `expected`: a required check that has said nothing yet. */
export type CheckState = StatusState | 'expected';

export interface CheckLine {
  context: string;
  state: CheckState;
  icon: string;
  /** The state as a word. */
  word: string;
  description: string;
  isRequired: boolean;
  /** The run that can be read on the tab. */
  runHref: string | undefined;
  /** Where the check itself is found. */
  href: string | undefined;
  at: number | undefined;
  /** Milliseconds that a run took. */
  took: number | undefined;
}

export interface ChecksModel {
  state: CheckState | undefined;
  icon: string;
  heading: string;
  lines: CheckLine[];
  /** Something is still to come, so the page looks again. */
  isPending: boolean;
}

const LOOKS: Readonly<Record<CheckState, { icon: string; word: string; order: number }>> = {
  error: { icon: 'x', word: 'failed to run', order: 0 },
  failure: { icon: 'x', word: 'failed', order: 0 },
  warning: { icon: 'alert', word: 'passed with warnings', order: 1 },
  expected: { icon: 'dot-fill', word: 'expected', order: 2 },
  pending: { icon: 'dot-fill', word: 'in progress', order: 3 },
  success: { icon: 'check', word: 'passed', order: 4 },
};

/** Everything that is known of the checks of a pull request's head; those that failed come first. */
export async function checksModel(
  app: App,
  open: OpenRepository,
  pull: PullRow,
  checksHref: string,
): Promise<ChecksModel> {
  const [{ checks }, rules] = await Promise.all([
    checksOf(app, open, pull.headOid),
    rulesForBranch(app, open, pull.baseBranch),
  ]);
  const required = new Set(rules.checks?.contexts ?? []);
  const known = new Set(checks.map(({ context }) => context));
  const missing = [...required].filter((context) => !known.has(context));
  const lines = [
    ...checks.map((check) => lineOf(check, required.has(check.context), checksHref)),
    ...missing.map(expectedLine),
  ].sort((one, other) => LOOKS[one.state].order - LOOKS[other.state].order);
  const state = lines[0]?.state;
  return {
    state,
    icon: state === undefined ? 'checklist' : LOOKS[state].icon,
    heading: headingOf(lines),
    lines,
    isPending: lines.some((line) => line.state === 'pending' || line.state === 'expected'),
  };
}

function lineOf({ context, state, status, run }: Check, isRequired: boolean, checksHref: string): CheckLine {
  const isOver = run?.startedAt && run.completedAt;
  const own = run && status.targetUrl.endsWith(`/runs/${run.id}`);
  return {
    context: visibleText(context),
    state,
    ...LOOKS[state],
    description: visibleText(status.description),
    isRequired,
    runHref: run && `${checksHref}?run=${run.id}`,
    href: status.targetUrl === '' || own ? undefined : status.targetUrl,
    at: status.createdAt,
    took: isOver ? Math.max(0, (run.completedAt ?? 0) - (run.startedAt ?? 0)) : undefined,
  };
}

function expectedLine(context: string): CheckLine {
  return {
    context: visibleText(context),
    state: 'expected',
    ...LOOKS.expected,
    description: 'Waiting for it to be reported',
    isRequired: true,
    runHref: undefined,
    href: undefined,
    at: undefined,
    took: undefined,
  };
}

function headingOf(lines: readonly CheckLine[]): string {
  const count = (...states: CheckState[]) => lines.filter(({ state }) => states.includes(state)).length;
  if (lines.length === 0) return 'No checks';
  const failed = count('error', 'failure');
  if (failed > 0) return failed === lines.length ? 'All checks failed' : 'Some checks failed';
  if (count('pending', 'expected') > 0) return 'Some checks have not finished yet';
  return 'All checks have passed';
}

export interface RunModel {
  id: number;
  name: string;
  title: string;
  /** As a status would have it. */
  word: string;
  summaryHtml: SafeHtml | undefined;
  textHtml: SafeHtml | undefined;
  detailsHref: string | undefined;
  remarks: RemarkItem[];
  startedAt: number | null;
  completedAt: number | null;
}

export interface RemarkItem {
  level: Annotation['level'];
  icon: string;
  place: string;
  href: string;
  title: string;
  message: string;
  rawDetails: string;
}

const LEVEL_ICONS: Readonly<Record<Annotation['level'], string>> = {
  notice: 'info',
  warning: 'alert',
  failure: 'x-circle-fill',
};

/** What one run found. */
export async function runModel(app: App, open: OpenRepository, run: CheckRun): Promise<RunModel> {
  const html = async (text: string) => (text.trim() === '' ? undefined : previewText(app, open, text));
  const [summaryHtml, textHtml] = await Promise.all([html(run.summary), html(run.text)]);
  return {
    id: run.id,
    name: visibleText(run.name),
    title: visibleText(run.title),
    word: (run.conclusion ?? run.status).replaceAll('_', ' '),
    summaryHtml,
    textHtml,
    detailsHref: run.detailsUrl === '' ? undefined : run.detailsUrl,
    remarks: run.annotations.map((annotation) => remarkOf(open, run.commitOid, annotation)),
    startedAt: run.startedAt,
    completedAt: run.completedAt,
  };
}

/** A remark with the check it comes from. */
export type RunRemark = Annotation & { check: string; runId: number; commitOid: Oid };

/** A remark as it is shown. */
export function remarkItem(open: OpenRepository, remark: RunRemark): RemarkItem {
  return remarkOf(open, remark.commitOid, remark);
}

function remarkOf(
  open: OpenRepository,
  commitOid: Oid,
  { path, startLine, endLine, level, title, message, rawDetails }: Annotation,
): RemarkItem {
  const lines = startLine === endLine ? `L${startLine}` : `L${startLine}-L${endLine}`;
  return {
    level,
    icon: LEVEL_ICONS[level],
    place: `${visibleText(path)}#${lines}`,
    href: `${open.path}/blob/${commitOid}/${encodePath(path)}#${lines}`,
    title: visibleText(title),
    message,
    rawDetails,
  };
}
