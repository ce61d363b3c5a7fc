// Pull requests in lists of branches and on the pages of commits.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { type PullLine, setPullFinder } from '../code/pull-lines.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { pullLook } from '../issues/timeline.present.ts';
import { readablePaths } from '../issues/visible-issues.service.ts';
import { readsUnit } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { pullsByBranches, pullsByCommit, type ShortPull } from './pull-lines.service.ts';

/** Lets pages of code show pull requests. */
export function registerPullLines(app: App): void {
  setPullFinder(app, { ofBranches, ofCommit });
}

async function ofBranches(
  app: App,
  open: OpenRepository,
  names: readonly string[],
): Promise<Map<string, PullLine>> {
  const found = await pullsByBranches(app, open.repository.id, names);
  const lines = new Map<string, PullLine>();
  if (found.length === 0) return lines;
  const pathOf = await readablePaths(app, open.actor, found, open);
  for (const one of found) {
    const path = pathOf(one);
    if (path !== undefined && !lines.has(one.headBranch)) lines.set(one.headBranch, lineOf(open, path, one));
  }
  return lines;
}

async function ofCommit(app: App, open: OpenRepository, oid: Oid): Promise<PullLine[]> {
  if (!readsUnit(open, 'pulls')) return [];
  return (await pullsByCommit(app, open, oid)).map((one) => lineOf(open, open.path, one));
}

function lineOf(open: OpenRepository, path: string, one: ShortPull): PullLine {
  const { icon, tone, label: word } = pullLook(one);
  const label = `${path === open.path ? '' : path.slice(1)}#${one.number}`;
  return { label, title: one.title, href: issueHref(path, one), icon, tone, word };
}
