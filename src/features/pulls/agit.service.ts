// Pull requests of commits that were pushed to refs/for/<branch>[/<topic>], without a branch or fork of their own, also by people
// who may only read. Pushing to the same topic again brings the pull request new commits.
import { AppError, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import type { Proposed } from '../../platform/git/receive.ts';
import { PROPOSED } from '../../platform/git/transport-config.ts';
import { requirePerson } from '../issues/changing.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { isBlocked } from '../users/blocks.service.ts';
import {
  faultOfTopic,
  type ProposalOptions,
  readProposalOptions,
  topicOfTitle,
} from './agit-options.input.ts';
import { synchronizePull } from './head-following.service.ts';
import { headRef } from './pull-refs.service.ts';
import { findPullById, listOpenByTopic } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';
import { openStack } from './stacks.service.ts';

/** Proposals of one push. */
const MOST_PROPOSALS = 10;

/** What speaks against proposals before their commits are kept. */
export async function judgeProposed(
  app: App,
  open: OpenRepository,
  proposals: readonly RefUpdate[],
  options: readonly string[],
): Promise<string[]> {
  if (open.repository.isMirror)
    return ['This repository is a mirror: propose the change where it comes from.'];
  if (proposals.length > MOST_PROPOSALS) return [`Propose at most ${MOST_PROPOSALS} changes by one push.`];
  const given = readProposalOptions(options);
  const faults: string[] = [];
  for (const { ref, newOid } of proposals) {
    const fault = /^0+$/.test(newOid)
      ? `${ref} is no branch: close the pull request instead of deleting it.`
      : await faultOfTarget(app, open, ref, given);
    if (fault) faults.push(fault);
  }
  return faults;
}

async function faultOfTarget(
  app: App,
  open: OpenRepository,
  ref: string,
  { topic }: ProposalOptions,
): Promise<string | undefined> {
  const target = await targetOf(app, open, ref);
  if (!target)
    return `${ref}: there is no such branch. Push to refs/for/<branch>, or refs/for/<branch>/<topic>.`;
  const named = topic ?? target.topic;
  const fault = named === undefined ? undefined : faultOfTopic(named);
  return fault && `${ref}: ${fault}`;
}

/** The longest beginning that is a branch; what follows is the topic. */
async function targetOf(
  app: App,
  open: OpenRepository,
  ref: string,
): Promise<{ base: string; topic: string | undefined } | undefined> {
  const parts = ref.slice(PROPOSED.length).split('/');
  for (let length = Math.min(parts.length, 20); length > 0; length--) {
    const base = parts.slice(0, length).join('/');
    if (base === '' || (await app.git.ref(open.dir, `refs/heads/${base}`)) === undefined) continue;
    return { base, topic: parts.slice(length).join('/') || undefined };
  }
  return undefined;
}

/** Opens or updates pull requests of commits that are in the repository by now. */
export async function takeProposal(
  app: App,
  open: OpenRepository,
  { ref, newOid }: RefUpdate,
  options: readonly string[],
): Promise<Proposed> {
  try {
    const target = await targetOf(app, open, ref);
    if (!target) throw new AppError('not_found', 'There is no such branch.');
    const given = readProposalOptions(options);
    const commits = await proposedCommits(app, open, target.base, newOid);
    const taken = given.isStack
      ? await takeStack(app, open, target.base, commits, given)
      : [await takeOne(app, open, { ...target, oid: newOid, commits }, given)];
    const top = taken.at(-1);
    if (!top) throw new AppError('invalid', 'There is nothing to propose.');
    return { ref, lines: taken.flatMap((one) => wordsOf(app, open, one)), made: madeOf(top) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ref, lines: [], refused: error.message };
  }
}

interface Taken {
  pull: Pull;
  /** The head before; undefined for a new one. */
  before: Oid | undefined;
  isForced: boolean;
}

/** What the base has not, the oldest first, by first parents. */
async function proposedCommits(app: App, open: OpenRepository, base: string, oid: Oid): Promise<Commit[]> {
  const objects = app.git.objects(open.dir);
  if ((await objects.commit(oid))?.oid !== oid)
    throw new AppError('invalid', 'Propose a commit, and no tag.');
  const baseOid = await app.git.ref(open.dir, `refs/heads/${base}`);
  const { stdout } = await app.git.run(['rev-list', '--first-parent', oid, `^${baseOid}`, '--'], {
    dir: open.dir,
  });
  const oids = stdout.toString('latin1').split('\n').filter(Boolean).reverse();
  const [first] = oids;
  if (first === undefined)
    throw new AppError('invalid', `There is nothing to propose: ${base} has every commit of it already.`);
  const { stack_size: most } = app.config.pulls;
  return objects.commits(oids.slice(0, most + 1));
}

async function takeOne(
  app: App,
  open: OpenRepository,
  what: { base: string; topic: string | undefined; oid: Oid; commits: readonly Commit[] },
  given: ProposalOptions,
): Promise<Taken> {
  const { base, oid, commits } = what;
  const topic = given.topic ?? what.topic ?? topicOfTitle(titleOf(commits[0]));
  const known = await findOwn(app, open, base, topic);
  if (known) return update(app, open, known, oid, given);
  const [pull] = await openStack(app, open.actor, open, {
    base,
    heads: [{ oid, topic }],
    isDraft: given.isDraft,
    ...(given.title === undefined ? {} : { title: given.title }),
    ...(given.description === undefined ? {} : { body: given.description }),
  });
  if (!pull) throw new AppError('conflict', 'The branch has changed meanwhile: push again.');
  return { pull, before: undefined, isForced: false };
}

/** From the bottom up, so that each finds the one that it stands on. */
async function takeStack(
  app: App,
  open: OpenRepository,
  base: string,
  commits: readonly Commit[],
  given: ProposalOptions,
): Promise<Taken[]> {
  const { stack_size: most } = app.config.pulls;
  if (commits.length > most)
    throw new AppError('invalid', `A stack has at most ${most} commits: propose them as one pull request.`);
  const taken: Taken[] = [];
  const topics = new Set<string>();
  const { title: _title, description: _description, topic: prefix, ...rest } = given;
  for (const commit of commits) {
    const topic = unusedTopic(
      topics,
      `${prefix === undefined ? '' : `${prefix}/`}${topicOfTitle(titleOf(commit))}`,
    );
    const what = { base, topic, oid: commit.oid, commits: [commit] };
    taken.push(await takeOne(app, open, what, { ...rest, isForced: true }));
  }
  return taken;
}

function unusedTopic(used: Set<string>, topic: string): string {
  let [name, count] = [topic, 1];
  while (used.has(name)) name = `${topic}-${++count}`;
  used.add(name);
  return name;
}

async function findOwn(
  app: App,
  open: OpenRepository,
  base: string,
  topic: string,
): Promise<Pull | undefined> {
  const authorId = requirePerson(open.actor);
  const pulls = await listOpenByTopic(app.db.read, open.repository.id, topic);
  return pulls.find(({ issue, pull }) => issue.authorId === authorId && pull.baseBranch === base);
}

async function update(
  app: App,
  open: OpenRepository,
  known: Pull,
  oid: Oid,
  { isForced: mayForce }: ProposalOptions,
): Promise<Taken> {
  const before = known.pull.headOid;
  if (before === oid) return { pull: known, before, isForced: false };
  if (await isBlocked(app, open.owner.id, known.issue.authorId))
    throw new AppError('forbidden', 'You cannot propose anything here: you were blocked.');
  const isForced = !(await containsCommit(app.git, open.dir, before, oid));
  if (isForced && !mayForce)
    throw new AppError(
      'conflict',
      `It would replace commits of pull request #${known.issue.number}: push with -o force-push if that is meant, or with another topic`,
    );
  if (!(await synchronizePull(app, open.actor, known, { oid, expected: before })))
    throw new AppError('conflict', 'The pull request has changed meanwhile: push again.');
  const pull = await findPullById(app.db.read, known.issue.id);
  return { pull: pull ?? known, before, isForced };
}

function madeOf({ pull, before, isForced }: Taken) {
  const { number, headOid } = pull.pull;
  const oldOid = before ?? '0'.repeat(headOid.length);
  return { ref: headRef(number), oldOid, newOid: headOid, isForced };
}

function wordsOf(app: App, open: OpenRepository, { pull, before }: Taken): string[] {
  const { number, headOid } = pull.pull;
  const did = before === undefined ? 'was opened' : before === headOid ? 'is up to date' : 'was updated';
  return ['', `Pull request #${number} ${did}:`, `  ${app.publicUrl()}${open.path}/pull/${number}`, ''];
}

function titleOf(commit: Commit | undefined): string {
  return (commit?.message ?? '').split('\n', 1)[0] ?? '';
}
