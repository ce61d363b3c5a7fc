// Making, changing and showing rule sets, and who may.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { accountsNamed } from '../orgs/named-teams.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { type Candidates, candidatesOf } from './candidates.service.ts';
import { LIMITS, type NamedParty, type RuleSetInput } from './rule-sets.input.ts';
import { ruleSetOf } from './rules.service.ts';
import {
  countRuleSets,
  findRuleSet,
  findRuleSetNamed,
  insertRuleSet,
  listRuleSets,
  removeRuleSet,
  updateRuleSet,
} from './rules.store.ts';
import type { Bypasser, Party, RuleDocument, RuleSet, RuleSetRow, Rules } from './rules.types.ts';

const MOST_SETS = 75;

/** All sets of a repository, the oldest first, also those that are not in force. */
export async function ruleSetsOf(app: App, actor: Actor, open: OpenRepository): Promise<RuleSet[]> {
  await requireAbility(app.db.read, actor, open, 'rules:read');
  return (await listRuleSets(app.db.read, open.repository.id)).map(ruleSetOf);
}

/** One set of a repository. Throws AppError not_found. */
export async function requireRuleSet(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
): Promise<RuleSet> {
  await requireAbility(app.db.read, actor, open, 'rules:read');
  const row = await findRuleSet(app.db.read, open.repository.id, id);
  if (!row) throw notFound('rule set');
  return ruleSetOf(row);
}

/** Makes a rule set, or changes the one of that id. Throws AppError invalid, and not_found. */
export async function saveRuleSet(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number | undefined,
  input: RuleSetInput,
): Promise<RuleSet> {
  await requireAbility(app.db.read, actor, open, 'rules:manage');
  const known = id === undefined ? undefined : await requireRuleSet(app, actor, open, id);
  const document = await documentFrom(app, actor, open, known, input);
  try {
    return ruleSetOf(
      await app.db.write(async (tx) => {
        const row = await (known
          ? change(app, tx, open, known.id, input, document)
          : make(app, tx, open, input, document));
        await app.events.record(tx, {
          kind: known ? 'rule_set.updated' : 'rule_set.created',
          ...doneBy(actor),
          ...{ repositoryId: open.repository.id, ruleSetId: row.id, name: row.name },
        });
        return row;
      }),
    );
  } catch (error) {
    if (isAppError(error, 'conflict')) throw nameTaken();
    throw error;
  }
}

type Values = Record<string, unknown>;

async function make(
  app: App,
  tx: Tx,
  open: OpenRepository,
  { name, target, isActive }: RuleSetInput,
  document: RuleDocument,
): Promise<RuleSetRow> {
  const repositoryId = open.repository.id;
  if ((await countRuleSets(tx, repositoryId)) >= MOST_SETS)
    throw new AppError('invalid', `A repository has at most ${MOST_SETS} rule sets. Delete one first.`);
  if (await findRuleSetNamed(tx, repositoryId, name)) throw nameTaken();
  const now = app.clock.now();
  const values = { repositoryId, name, target, isActive, document: document as unknown as Values };
  return insertRuleSet(tx, { ...values, createdAt: now, updatedAt: now });
}

async function change(
  app: App,
  tx: Tx,
  open: OpenRepository,
  id: number,
  { name, isActive }: RuleSetInput,
  document: RuleDocument,
): Promise<RuleSetRow> {
  const row = await findRuleSet(tx, open.repository.id, id);
  if (!row) throw notFound('rule set');
  const other = await findRuleSetNamed(tx, open.repository.id, name);
  if (other && other.id !== id) throw nameTaken();
  // What is remembered of a set is told from what it is now by this time alone.
  const updatedAt = Math.max(app.clock.now(), row.updatedAt + 1);
  const values = { name, isActive, document: document as unknown as Values, updatedAt };
  await updateRuleSet(tx, id, values);
  return { ...row, ...values };
}

function nameTaken(): AppError {
  return invalid({ name: 'There is a rule set of this name already.' });
}

/** Removes a set, whose rules hold no more. Throws AppError not_found. */
export async function deleteRuleSet(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
): Promise<RuleSet> {
  await requireAbility(app.db.read, actor, open, 'rules:manage');
  const set = await requireRuleSet(app, actor, open, id);
  const repositoryId = open.repository.id;
  await app.db.write(async (tx) => {
    if (!(await removeRuleSet(tx, repositoryId, id))) throw notFound('rule set');
    const { name } = set;
    await app.events.record(tx, {
      kind: 'rule_set.deleted',
      ...doneBy(actor),
      repositoryId,
      ruleSetId: id,
      name,
    });
  });
  return set;
}

async function documentFrom(
  app: App,
  actor: Actor,
  open: OpenRepository,
  known: RuleSet | undefined,
  { include, exclude, bypass, rules, priority = known?.priority }: RuleSetInput,
): Promise<RuleDocument> {
  const find = await finder(app, actor, open, [...bypass, ...(rules.pushers ?? [])], known);
  const { pushers, ...others } = rules;
  const document: RuleDocument = {
    include,
    exclude,
    bypass: distinct(bypass.map((one): Bypasser => ({ ...find(one, 'bypass'), mode: one.mode }))),
    rules: {
      ...others,
      ...(pushers ? { pushers: distinct(pushers.map((one) => find(one, 'pushers'))) } : {}),
    } as Rules,
    ...(priority === undefined ? {} : { priority }),
  };
  if (document.bypass.length > LIMITS.parties) throw invalid({ bypass: 'The list is too long.' });
  return document;
}

/** Of somebody named twice the last word counts. */
function distinct<P extends Party>(parties: readonly P[]): P[] {
  return [...new Map(parties.map((party) => [keyOf(party), party])).values()];
}

/** A party as one word. */
export function keyOf(party: Party): string {
  if (party.kind === 'role') return `role:${party.role}`;
  return `${party.kind === 'deploy-key' ? 'key' : party.kind}:${party.id}`;
}

type Field = 'bypass' | 'pushers';

/** Finds whom names and ids mean; those that the set named before are taken as they are, also when they cannot be chosen any more. */
async function finder(
  app: App,
  actor: Actor,
  open: OpenRepository,
  parties: readonly NamedParty[],
  known: RuleSet | undefined,
): Promise<(party: NamedParty, field: Field) => Party> {
  const names = parties.flatMap((party) => ('name' in party ? [party.name] : []));
  const people = await accountsNamed(app, actor, names);
  const ids = parties.flatMap((party) => (party.kind === 'user' && 'id' in party ? [party.id] : []));
  const candidates: Candidates = await candidatesOf(app, actor, open, ids);
  const before = new Set([...(known?.bypass ?? []), ...(known?.rules.pushers ?? [])].map(keyOf));
  const isOffered = (party: Party) =>
    before.has(keyOf(party)) ||
    (party.kind === 'team' && candidates.teams.some(({ id }) => id === party.id)) ||
    (party.kind === 'deploy-key' && candidates.keys.some(({ id }) => id === party.id)) ||
    (party.kind === 'user' && candidates.people.has(party.id));
  return (party, field) => {
    if ('name' in party) {
      const found = people.get(party.name.toLowerCase());
      if (!found || found.isOrganization)
        throw invalid({ [field]: `There is nobody named ${party.name.slice(0, 100)}.` });
      return { kind: 'user', id: found.id };
    }
    const plain = plainOf(party);
    if (plain.kind === 'role' || isOffered(plain)) return plain;
    throw invalid({ [field]: UNKNOWN[plain.kind] });
  };
}

function plainOf(party: Party): Party {
  if (party.kind === 'role') return { kind: 'role', role: party.role };
  return { kind: party.kind, id: party.id };
}

const UNKNOWN = {
  team: 'Choose teams of the organization that owns the repository.',
  'deploy-key': 'Choose deploy keys of this repository that may write.',
  user: 'Name people by their username.',
} as const;
