// Statuses of commits as pages show them, and in the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { repositoryJsonOf } from '../repos/repository.json.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { visibleText } from './paths.service.ts';
import { combined } from './statuses.service.ts';
import type { CommitStatus, StatusState, StatusSummary } from './statuses.types.ts';

type Json = Record<string, unknown>;

export interface ChecksItem {
  state: StatusState;
  /** What a reader hears, and what the icon says when it is pointed at. */
  label: string;
  icon: string;
  checks: CheckItem[];
}

export interface CheckItem {
  state: StatusState;
  icon: string;
  context: string;
  description: string;
  href: string | undefined;
}

const ICONS: Readonly<Record<StatusState, string>> = {
  success: 'check',
  pending: 'dot-fill',
  warning: 'alert',
  failure: 'x',
  error: 'x',
};

/** The checks of a commit as an icon with details; undefined where nothing was said of it. */
export function checksItem(summary: StatusSummary | undefined): ChecksItem | undefined {
  if (!summary) return undefined;
  const { state, statuses } = summary;
  const good = statuses.filter((status) => status.state === 'success').length;
  return {
    state,
    icon: ICONS[state],
    label: `${good} of ${statuses.length} ${statuses.length === 1 ? 'check' : 'checks'} passed`,
    checks: statuses.map((status) => ({
      state: status.state,
      icon: ICONS[status.state],
      context: visibleText(status.context),
      description: visibleText(status.description),
      href: status.targetUrl === '' ? undefined : status.targetUrl,
    })),
  };
}

/** Statuses as `GET /repos/{owner}/{repo}/statuses/{sha}` lists them, in one statement. */
export async function statusesJson(
  app: App,
  open: OpenRepository,
  statuses: readonly CommitStatus[],
): Promise<Json[]> {
  const ids = statuses.flatMap(({ creatorId }) => creatorId ?? []);
  const people = ids.length === 0 ? new Map<number, Json>() : await accountsJson(app, open.actor, ids);
  return statuses.map((status) => {
    const at = isoTime(status.createdAt);
    return {
      id: status.id,
      status: status.state,
      target_url: status.targetUrl,
      description: status.description,
      url: `${app.publicUrl()}/api/v1/repos${open.path}/statuses/${status.commitOid}`,
      context: status.context,
      creator: people.get(status.creatorId ?? 0) ?? null,
      created_at: at,
      updated_at: at,
    };
  });
}

/** What the checks say together, as `GET /repos/{owner}/{repo}/commits/{ref}/status` answers it. */
export async function combinedJson(
  app: App,
  open: OpenRepository,
  oid: Oid,
  of: { summary: StatusSummary | undefined; page: number; limit: number },
): Promise<Json> {
  const { summary, page, limit } = of;
  const statuses = summary?.statuses ?? [];
  const api = `${app.publicUrl()}/api/v1/repos${open.path}`;
  const shown = statuses.slice((page - 1) * limit, page * limit);
  return {
    state: combined(statuses),
    sha: oid,
    total_count: statuses.length,
    statuses: await statusesJson(app, open, shown),
    repository: await repositoryJsonOf(app, open.actor, open.repository.id),
    commit_url: `${api}/git/commits/${oid}`,
    url: `${api}/commits/${oid}/status`,
  };
}
