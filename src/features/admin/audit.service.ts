// The audit log for those who may read it: administrators all of it, owners the part of their organization.
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { requireOrganizationAbility } from '../orgs/orgs.policy.ts';
import { findUserByName } from '../users/users.service.ts';
import { listEntries, namesOfAccounts, namesOfRepositories, namesOfTeams } from './audit.store.ts';
import type { AuditEntry, AuditFilter, AuditPage, AuditRow } from './audit.types.ts';

const PAGE_SIZE = 50;
const EXPORTED_AT_ONCE = 500;
/** What an act says of other accounts, by id. */
const ACCOUNTS = ['fromId', 'toId', 'recipientId', 'invitedUserId'];

/** One page of the whole log, the newest first, for administrators. */
export async function pageOfAudit(
  app: App,
  actor: Actor,
  filter: AuditFilter & { before?: number },
): Promise<AuditPage> {
  requireSiteAbility(actor, 'audit:read');
  return readPage(app, filter, undefined);
}

/** One page of the part of an organization, for its owners. */
export async function pageOfOrganizationAudit(
  app: App,
  actor: Actor,
  organizationId: number,
  filter: AuditFilter & { before?: number },
): Promise<AuditPage> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:audit');
  return readPage(app, { ...filter, organizationId }, organizationId);
}

/**
 * The log as JSON lines, the newest first, read piece by piece while somebody takes them. Judged before it is returned,
 * so that a refusal is an answer and not a torn file.
 */
export async function exportAudit(
  app: App,
  actor: Actor,
  filter: AuditFilter,
): Promise<ReadableStream<Uint8Array>> {
  requireSiteAbility(actor, 'audit:read');
  return streamOf(app, filter, undefined);
}

/** As `exportAudit`, of the part of an organization. */
export async function exportOrganizationAudit(
  app: App,
  actor: Actor,
  organizationId: number,
  filter: AuditFilter,
): Promise<ReadableStream<Uint8Array>> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:audit');
  return streamOf(app, { ...filter, organizationId }, organizationId);
}

/** Whose repositories are named: an organization's owners learn nothing of what has gone to somebody else. */
type Part = number | undefined;

async function readPage(app: App, filter: AuditFilter & { before?: number }, part: Part): Promise<AuditPage> {
  const person = await personOf(app, filter);
  const rows = await listEntries(app.db.read, { ...filter, ...person, limit: PAGE_SIZE + 1 });
  const items = await named(app, rows.slice(0, PAGE_SIZE), part);
  return { items, next: rows.length > PAGE_SIZE ? items.at(-1)?.row.id : undefined };
}

async function streamOf(app: App, filter: AuditFilter, part: Part): Promise<ReadableStream<Uint8Array>> {
  const lines = exportedLines(app, { ...filter, ...(await personOf(app, filter)) }, part);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}

async function* exportedLines(
  app: App,
  filter: AuditFilter & { personId?: number },
  part: Part,
): AsyncGenerator<string, void> {
  let before: number | undefined;
  for (;;) {
    const rows = await listEntries(app.db.read, {
      ...filter,
      ...(before === undefined ? {} : { before }),
      limit: EXPORTED_AT_ONCE,
    });
    before = rows.at(-1)?.id;
    if (before === undefined) return;
    yield (await named(app, rows, part)).map((entry) => `${JSON.stringify(exported(entry))}\n`).join('');
  }
}

/** One entry as it is exported; the hash lets a copy be compared with the log. */
function exported({ row, user, organization, repository }: AuditEntry): Record<string, unknown> {
  return {
    sequence: row.sequence,
    at: isoTime(row.at),
    kind: row.kind,
    actor: row.actorName === '' ? null : row.actorName,
    actor_id: row.actorId,
    via: row.via,
    address: row.address === '' ? null : row.address,
    user: user ?? null,
    user_id: row.userId,
    organization: organization ?? null,
    organization_id: row.organizationId,
    repository: repository ?? null,
    repository_id: row.repositoryId,
    data: JSON.parse(row.data) as unknown,
    hash: row.hash,
  };
}

async function personOf(app: App, { person }: AuditFilter): Promise<{ personId?: number }> {
  const user = person === undefined ? undefined : await findUserByName(app, person);
  return user ? { personId: user.id } : {};
}

/** Three queries for a whole page. */
async function named(app: App, rows: AuditRow[], part: Part): Promise<AuditEntry[]> {
  const data = new Map(rows.map((row) => [row.id, JSON.parse(row.data) as Record<string, unknown>]));
  const mentioned = (key: string) => [...data.values()].map((one) => idOf(one[key]));
  const accounts = await namesOfAccounts(
    app.db.read,
    idsOf([...rows.flatMap((r) => [r.userId, r.organizationId]), ...ACCOUNTS.flatMap(mentioned)]),
  );
  const teams = await namesOfTeams(app.db.read, idsOf(mentioned('teamId')));
  const ids = idsOf(rows.map((r) => r.repositoryId));
  const repositories = await namesOfRepositories(app.db.read, ids, part);
  return rows.map((row) => ({
    row,
    user: row.userId === null ? undefined : accounts.get(row.userId),
    organization: row.organizationId === null ? undefined : accounts.get(row.organizationId),
    repository: row.repositoryId === null ? undefined : repositories.get(row.repositoryId),
    details: detailsOf(row, data.get(row.id) ?? {}, { accounts, teams }),
  }));
}

function idsOf(ids: (number | null)[]): number[] {
  return [...new Set(ids.filter((id) => id !== null))];
}

function idOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

interface Names {
  accounts: Map<number, string>;
  teams: Map<number, string>;
}

/** As people read them; the export has them as they were written. The entry shows its address already. */
function detailsOf(row: AuditRow, data: Record<string, unknown>, names: Names): [string, string][] {
  return Object.entries(data)
    .filter(
      ([key, value]) => value !== undefined && value !== null && value !== '' && !isShown(row, key, value),
    )
    .map(([key, value]) => [wordsOf(key), textOf(key, value, names)]);
}

function isShown(row: AuditRow, key: string, value: unknown): boolean {
  return key === 'address' && value === row.address;
}

/** `isNewDevice` is read as `new device`, `teamId` as `team`. */
function wordsOf(key: string): string {
  const spaced = key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced.replace(/^is /, '').replace(/ id$/, '');
}

function textOf(key: string, value: unknown, { accounts, teams }: Names): string {
  const id = idOf(value);
  if (id !== null && key === 'teamId') return teams.get(id) ?? `number ${id}, deleted`;
  if (id !== null && ACCOUNTS.includes(key)) return accounts.get(id) ?? `account ${id}, deleted`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
