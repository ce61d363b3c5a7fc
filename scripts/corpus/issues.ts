// Plans a database of issues: who, where, when and about what, the same for the same options whatever the machine.
import { type Random, startRandom } from './random.ts';

/** Another version makes other rows: databases that are kept between runs are made anew. */
export const VERSION = 2;
/** Where time stands in it. */
export const NOW = Date.UTC(2026, 10, 1);
const BEGAN = Date.UTC(2018, 0, 1);
const MINUTE = 60_000;
const WORDS = 20_000;

export interface IssuesSize {
  issues: number;
  comments: number;
  seed: number;
}

export interface PlannedRepository {
  id: number;
  ownerId: number;
  name: string;
  isPrivate: boolean;
  issues: number;
  labels: { id: number; name: string; color: string }[];
  milestones: { id: number; title: string }[];
}

export interface Plan {
  size: IssuesSize;
  people: number;
  organizations: number;
  repositories: PlannedRepository[];
  /** The repository (from 0) and the instant of each issue, which count from 0 here and from 1 in the database. */
  repositoryOf: Uint32Array;
  createdAt: Float64Array;
  /** The issue (from 0), the instant and the author of each comment. */
  issueOf: Uint32Array;
  commentedAt: Float64Array;
  commenterOf: Uint32Array;
  commentCount: Uint32Array;
  updatedAt: Float64Array;
  /** Issues (from 0) of the largest repository with exactly so many comments. */
  long: { issue: number; comments: number }[];
}

/** Everything but the texts and what each issue is decorated with, which are made when they are written. */
export function planIssues(size: IssuesSize): Plan {
  const random = startRandom(size.seed);
  const people = Math.max(50, Math.round(size.issues / 50));
  const organizations = Math.max(3, Math.round(size.issues / 20_000));
  const repositories = planRepositories(random, size, people, organizations);
  const repositoryOf = assignRepositories(random, repositories, size.issues);
  const createdAt = new Float64Array(size.issues);
  const step = (NOW - BEGAN) / size.issues;
  for (let i = 0; i < size.issues; i += 1) createdAt[i] = Math.floor(BEGAN + step * (i + random.next()));
  createdAt.sort();
  const plan: Plan = {
    ...{ size, people, organizations, repositories, repositoryOf, createdAt },
    issueOf: new Uint32Array(size.comments),
    commentedAt: new Float64Array(size.comments),
    commenterOf: new Uint32Array(size.comments),
    commentCount: new Uint32Array(size.issues),
    updatedAt: Float64Array.from(createdAt),
    long: [],
  };
  planComments(random, plan);
  return plan;
}

/** A number below `below`, small ones far more often: a long tail. */
export function tail(random: Random, below: number): number {
  return Math.floor(below * random.next() ** 4);
}

/** The names of labels a repository may have, with how many of a hundred issues have them. */
export const LABEL_SHARES: readonly [name: string, share: number][] = [
  ['bug', 38],
  ['enhancement', 30],
  ['question', 12],
  ['documentation', 6],
  ['good first issue', 4],
  ['help wanted', 5],
  ['duplicate', 3],
  ['invalid', 2],
  ['wontfix', 1.5],
  ['performance', 3],
  ['regression', 1],
  ['security', 0.1],
  ['area/api', 8],
  ['area/ui', 8],
  ['area/storage', 4],
  ['priority/high', 2],
  ['priority/low', 9],
];

/** An issue has one of these at most: whoever asks for two finds little. */
const APART = new Set(['bug', 'enhancement', 'question']);

/** Which labels (by their place in LABEL_SHARES) an issue gets. */
export function labelsFor(random: Random): number[] {
  let isTaken = false;
  return LABEL_SHARES.flatMap(([name, share], at) => {
    if (random.next() * 100 >= share) return [];
    if (!APART.has(name)) return [at];
    if (isTaken && random.next() > 0.002) return [];
    isTaken = true;
    return [at];
  });
}

/** Words in the frequencies of a language: the nth most common one n times as seldom as the first. */
export function openWords(seed: number): (random: Random, count: number) => string {
  const making = startRandom(seed + 77);
  const syllables =
    'ba be bi bo bu da de di do du fa fe ka ke ki ko la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se si so ta te ti to va ve za ze'.split(
      ' ',
    );
  const words = [
    'the',
    'to',
    'error',
    'a',
    'is',
    'crash',
    'in',
    'and',
    'not',
    'when',
    'it',
    'fails',
    'with',
    'version',
    'test',
  ];
  const known = new Set(words);
  while (words.length < WORDS) {
    const word = Array.from({ length: 2 + making.below(3) }, () => making.pick(syllables)).join('');
    if (!known.has(word)) words.push(word);
    known.add(word);
  }
  const shares = words.map((_, rank) => 1 / (rank + 2.7));
  const total = shares.reduce((sum, share) => sum + share, 0);
  // A table of draws, so that a word costs one look.
  const draws = new Uint16Array(1 << 18);
  let [at, sum] = [0, 0];
  for (const [rank, share] of shares.entries()) {
    sum += share / total;
    const end = rank === WORDS - 1 ? draws.length : Math.max(at + 1, Math.round(sum * draws.length));
    while (at < end && at < draws.length) draws[at++] = rank;
  }
  return (random, count) => {
    let text = '';
    for (let i = 0; i < count; i += 1)
      text += (i === 0 ? '' : ' ') + (words[draws[random.below(draws.length)] ?? 0] ?? '');
    return text;
  };
}

function planRepositories(
  random: Random,
  size: IssuesSize,
  people: number,
  organizations: number,
): PlannedRepository[] {
  const { issues } = size;
  const sizes = [Math.round(issues * 0.3)];
  for (const share of [0.06, 0.05, 0.04, 0.03, 0.02]) sizes.push(Math.round(issues * share));
  for (let i = 0; i < 20; i += 1) sizes.push(Math.round(issues * 0.01));
  let left = issues - sizes.reduce((sum, one) => sum + one, 0);
  while (left > 0) {
    const one = Math.min(left, 1 + Math.floor(220 * random.next() ** 3));
    sizes.push(one);
    left -= one;
  }
  let [labelId, milestoneId] = [0, 0];
  return sizes.map((count, at) => {
    const name = at === 0 ? 'big' : `repository-${at}`;
    const ownerId =
      at < 26
        ? people + 1 + (at % organizations)
        : random.next() < 0.4
          ? people + 1 + random.below(organizations)
          : 1 + tail(random, people);
    return {
      ...{ id: at + 1, ownerId, name, isPrivate: at >= 26 && random.next() < 0.2, issues: count },
      labels: LABEL_SHARES.map(([label], i) => ({
        id: ++labelId,
        name: label,
        color: ((i * 2_345_678) % 0xffffff).toString(16).padStart(6, '0'),
      })),
      milestones: Array.from({ length: count > 20 ? 6 : 1 }, (_, i) => ({
        id: ++milestoneId,
        title: `v${i + 1}.0`,
      })),
    };
  });
}

/** Issues of all repositories come mixed, as they do in time. */
function assignRepositories(random: Random, repositories: PlannedRepository[], issues: number): Uint32Array {
  const repositoryOf = new Uint32Array(issues);
  let at = 0;
  for (const [index, { issues: count }] of repositories.entries()) {
    repositoryOf.fill(index, at, at + count);
    at += count;
  }
  for (let i = issues - 1; i > 0; i -= 1) {
    const other = random.below(i + 1);
    const kept = repositoryOf[i] ?? 0;
    repositoryOf[i] = repositoryOf[other] ?? 0;
    repositoryOf[other] = kept;
  }
  return repositoryOf;
}

/** Comments come in order of time, most to issues opened lately; some issues get very many. */
function planComments(random: Random, plan: Plan): void {
  const { size, issueOf, commentedAt, commenterOf, commentCount, updatedAt, createdAt, people } = plan;
  const long = longIssues(plan);
  plan.long = long;
  let at = 0;
  for (const { issue, comments } of long)
    for (let i = 0; i < comments && at < size.comments; i += 1) issueOf[at++] = issue;
  const reserved = new Set(long.map(({ issue }) => issue));
  while (at < size.comments) {
    const newest = Math.floor((at / size.comments) * size.issues);
    const back = Math.floor(random.next() ** 6 * Math.min(newest, size.issues / 4));
    const issue = random.next() < 0.05 ? tail(random, size.issues) : newest - back;
    if (!reserved.has(issue)) issueOf[at++] = issue;
  }
  for (let i = 0; i < size.comments; i += 1) {
    const issue = issueOf[i] ?? 0;
    const began = createdAt[issue] ?? BEGAN;
    const when = Math.min(NOW, began + MINUTE + Math.floor(random.next() ** 8 * (NOW - began)));
    commentedAt[i] = when;
    commenterOf[i] = 1 + tail(random, people);
    commentCount[issue] = (commentCount[issue] ?? 0) + 1;
    updatedAt[issue] = Math.max(updatedAt[issue] ?? 0, when);
  }
}

function longIssues({ repositoryOf, size }: Plan): Plan['long'] {
  const big = [...repositoryOf.slice(0, 1000).entries()].filter(([, repository]) => repository === 0);
  const most = Math.floor(size.comments / 20);
  return [5000, 500, 500].map((comments, i) => ({
    issue: big[i * 5]?.[0] ?? i,
    comments: Math.min(comments, most),
  }));
}
