// Labels of repositories, and of organizations for all of their repositories.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { judgeOrganization } from '../orgs/orgs.policy.ts';
import { findOrganizationById } from '../orgs/orgs.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import { requireStillOpen } from '../repos/access.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository, RepositoryRow } from '../repos/repos.types.ts';
import { DEFAULT_LABELS, LABEL_PRESETS } from './label-presets.data.ts';
import { parseLabel } from './labels.input.ts';
import {
  countLabels,
  findLabel,
  findLabelByName,
  insertLabel,
  insertLabelIfAbsent,
  insertLabels,
  listLabels,
  listLabelsOf,
  noteLabelled,
  removeLabel,
  updateLabel,
} from './labels.store.ts';
import { type LabelInput, type LabelPlace, type LabelRow, MOST_LABELS } from './labels.types.ts';

export type { LabelInput, LabelRow } from './labels.types.ts';

/** Where a repository's issues take their labels from: itself, then its organization. */
export function placesOf({
  repository,
  owner,
}: Pick<OpenRepository, 'repository' | 'owner'>): [LabelPlace, ...LabelPlace[]] {
  const own = { repositoryId: repository.id };
  return owner.kind === 'organization' ? [own, { organizationId: owner.id }] : [own];
}

/** The labels that issues of a repository may have, by name: its own and its organization's. */
export async function labelsFor(app: App, open: OpenRepository): Promise<LabelRow[]> {
  return listLabels(app.db.read, placesOf(open));
}

/** The labels with these names (in any case), the repository's own before its organization's; unknown names are left out. */
export async function labelsNamed(
  app: App,
  open: OpenRepository,
  names: readonly string[],
): Promise<LabelRow[]> {
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  if (wanted.size === 0) return [];
  const found = new Map<string, LabelRow>();
  for (const label of await labelsFor(app, open)) {
    if (!wanted.has(label.nameKey)) continue;
    if (!found.has(label.nameKey) || label.repositoryId !== null) found.set(label.nameKey, label);
  }
  return [...found.values()];
}

/** The labels of an organization alone, by name. */
export async function organizationLabels(app: App, open: OpenOrganization): Promise<LabelRow[]> {
  return listLabels(app.db.read, [{ organizationId: open.organization.id }]);
}

/** The labels that an issue has, by name; whoever asks has opened its repository. */
export async function labelsOfIssue(app: App, issueId: number): Promise<LabelRow[]> {
  return (await listLabelsOf(app.db.read, [issueId])).map(({ label }) => label);
}

/** One label of a repository itself; throws AppError not_found. */
export async function requireLabel(app: App, open: OpenRepository, id: number): Promise<LabelRow> {
  const label = await findLabel(app.db.read, { repositoryId: open.repository.id }, id);
  if (!label) throw notFound('label');
  return label;
}

/** One label of an organization itself; throws AppError not_found. */
export async function requireOrganizationLabel(
  app: App,
  open: OpenOrganization,
  id: number,
): Promise<LabelRow> {
  const label = await findLabel(app.db.read, { organizationId: open.organization.id }, id);
  if (!label) throw notFound('label');
  return label;
}

/** Throws AppError invalid on `name` when there is one of this name, its organization's among them. */
export async function createLabel(
  app: App,
  actor: Actor,
  open: OpenRepository,
  raw: Record<string, unknown>,
): Promise<LabelRow> {
  const input = parseLabel(raw);
  return changeRepositoryLabels(app, actor, open, async (tx, place) => {
    await requireRoom(tx, place);
    await requireFreeName(tx, placesOf(open), input.name);
    const label = await insertLabel(tx, place, input, app.clock.now());
    await recordFor(app, tx, actor, place, 'created', label);
    return label;
  });
}

/** Throws AppError not_found, and invalid as `createLabel`. Every issue that has the label shows it anew. */
export async function changeLabel(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
  raw: Record<string, unknown>,
): Promise<LabelRow> {
  const input = parseLabel(raw);
  return changeRepositoryLabels(app, actor, open, (tx, place) =>
    changeWithin(app, tx, actor, { place, others: placesOf(open), id }, input),
  );
}

/** Takes the label off every issue. Throws AppError not_found. */
export async function deleteLabel(app: App, actor: Actor, open: OpenRepository, id: number): Promise<void> {
  await changeRepositoryLabels(app, actor, open, (tx, place) => deleteWithin(app, tx, actor, place, id));
}

/** Adds the labels of a preset that the repository lacks; throws AppError not_found for a preset that does not exist. */
export async function addPreset(app: App, actor: Actor, open: OpenRepository, key: string): Promise<void> {
  await changeRepositoryLabels(app, actor, open, async (tx, place) => {
    const taken = new Set((await listLabels(tx, placesOf(open))).map(({ nameKey }) => nameKey));
    await addPresetWithin(app, tx, actor, place, key, taken);
  });
}

/** As `createLabel`, for all repositories of an organization. */
export async function createOrganizationLabel(
  app: App,
  actor: Actor,
  open: OpenOrganization,
  raw: Record<string, unknown>,
): Promise<LabelRow> {
  const input = parseLabel(raw);
  return changeOrganizationLabels(app, actor, open, async (tx, place) => {
    await requireRoom(tx, place);
    await requireFreeName(tx, [place], input.name);
    const label = await insertLabel(tx, place, input, app.clock.now());
    await recordFor(app, tx, actor, place, 'created', label);
    return label;
  });
}

/** As `changeLabel`. */
export async function changeOrganizationLabel(
  app: App,
  actor: Actor,
  open: OpenOrganization,
  id: number,
  raw: Record<string, unknown>,
): Promise<LabelRow> {
  const input = parseLabel(raw);
  return changeOrganizationLabels(app, actor, open, (tx, place) =>
    changeWithin(app, tx, actor, { place, others: [place], id }, input),
  );
}

/** As `deleteLabel`. */
export async function deleteOrganizationLabel(
  app: App,
  actor: Actor,
  open: OpenOrganization,
  id: number,
): Promise<void> {
  await changeOrganizationLabels(app, actor, open, (tx, place) => deleteWithin(app, tx, actor, place, id));
}

/** As `addPreset`. */
export async function addOrganizationPreset(
  app: App,
  actor: Actor,
  open: OpenOrganization,
  key: string,
): Promise<void> {
  await changeOrganizationLabels(app, actor, open, async (tx, place) => {
    const taken = new Set((await listLabels(tx, [place])).map(({ nameKey }) => nameKey));
    await addPresetWithin(app, tx, actor, place, key, taken);
  });
}

/** What a new repository begins with, in the transaction that makes it: names its organization has are left out. */
export async function addDefaultLabels(app: App, tx: Tx, repository: RepositoryRow): Promise<void> {
  const inherited = await listLabels(tx, [{ organizationId: repository.ownerId }]);
  const taken = new Set(inherited.map(({ nameKey }) => nameKey));
  const missing = DEFAULT_LABELS.filter(({ name }) => !taken.has(name));
  await insertLabels(tx, { repositoryId: repository.id }, missing, app.clock.now());
}

async function changeRepositoryLabels<T>(
  app: App,
  actor: Actor,
  open: OpenRepository,
  change: (tx: Tx, place: LabelPlace) => Promise<T>,
): Promise<T> {
  await requireAbility(app.db.read, actor, open, 'conversations:manage');
  return app.db.write(async (tx) => {
    await requireStillOpen(tx, actor, open.repository.id, 'conversations:manage');
    return change(tx, { repositoryId: open.repository.id });
  });
}

async function changeOrganizationLabels<T>(
  app: App,
  actor: Actor,
  { organization }: OpenOrganization,
  change: (tx: Tx, place: LabelPlace) => Promise<T>,
): Promise<T> {
  return app.db.write(async (tx) => {
    const found = await findOrganizationById(app, organization.id, tx);
    if (!found) throw notFound('organization');
    await judgeOrganization(tx, actor, found, 'organization:manage');
    return change(tx, { organizationId: found.id });
  });
}

async function changeWithin(
  app: App,
  tx: Tx,
  actor: Actor,
  { place, others, id }: { place: LabelPlace; others: readonly LabelPlace[]; id: number },
  input: LabelInput,
): Promise<LabelRow> {
  const label = await findLabel(tx, place, id);
  if (!label) throw notFound('label');
  if (input.name.toLowerCase() !== label.nameKey) await requireFreeName(tx, others, input.name);
  // The index knows labels by their ids alone: a new name changes nothing there.
  await updateLabel(tx, id, input);
  const changed = { ...label, ...input, nameKey: input.name.toLowerCase() };
  await recordFor(app, tx, actor, place, 'updated', changed);
  return changed;
}

async function deleteWithin(app: App, tx: Tx, actor: Actor, place: LabelPlace, id: number): Promise<void> {
  const label = await findLabel(tx, place, id);
  if (!label) throw notFound('label');
  await noteLabelled(tx, id, app.clock.now());
  await removeLabel(tx, id);
  await recordFor(app, tx, actor, place, 'deleted', label);
}

async function addPresetWithin(
  app: App,
  tx: Tx,
  actor: Actor,
  place: LabelPlace,
  key: string,
  taken: ReadonlySet<string>,
): Promise<void> {
  const preset = LABEL_PRESETS.find((one) => one.key === key);
  if (!preset) throw notFound('set of labels');
  for (const input of preset.labels) {
    if (taken.has(input.name.toLowerCase())) continue;
    if (!(await insertLabelIfAbsent(tx, place, input, app.clock.now()))) continue;
    const label = await findLabelByName(tx, place, input.name);
    if (label) await recordFor(app, tx, actor, place, 'created', label);
  }
}

async function requireFreeName(tx: Tx, places: readonly LabelPlace[], name: string): Promise<void> {
  for (const place of places) {
    if (!(await findLabelByName(tx, place, name))) continue;
    const whose = place === places[0] ? 'There is already a label' : 'The organization has a label';
    throw invalid({ name: `${whose} named ${name}.` });
  }
}

async function requireRoom(tx: Tx, place: LabelPlace): Promise<void> {
  if ((await countLabels(tx, place)) < MOST_LABELS) return;
  throw new AppError('too_large', `There can be ${MOST_LABELS} labels at most.`);
}

async function recordFor(
  app: App,
  tx: Tx,
  actor: Actor,
  place: LabelPlace,
  what: 'created' | 'updated' | 'deleted',
  { id: labelId, name }: LabelRow,
): Promise<void> {
  const by = { ...doneBy(actor), labelId, name };
  if ('repositoryId' in place)
    await app.events.record(tx, { kind: `label.${what}`, ...by, repositoryId: place.repositoryId });
  else
    await app.events.record(tx, {
      kind: `organization_label.${what}`,
      ...by,
      organizationId: place.organizationId,
    });
}
