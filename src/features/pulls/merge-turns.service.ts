// Lets merges into one branch go one after the other, each built on what the one before left; and checks of one repository.
import type { App } from '../../platform/app.types.ts';

const turns = new WeakMap<App, Map<string, Promise<unknown>>>();

/** Runs `work` when all earlier work on the same branch of the repository has ended. */
export function inBranchTurn<T>(
  app: App,
  repositoryId: number,
  branch: string,
  work: () => Promise<T>,
): Promise<T> {
  return inTurn(app, `branch:${repositoryId}:${branch}`, work);
}

/** Runs `work` when all earlier work on the head of the same pull request has ended. */
export function inHeadTurn<T>(app: App, pullId: number, work: () => Promise<T>): Promise<T> {
  return inTurn(app, `head:${pullId}`, work);
}

async function inTurn<T>(app: App, key: string, work: () => Promise<T>): Promise<T> {
  const ofApp = turns.get(app) ?? new Map<string, Promise<unknown>>();
  turns.set(app, ofApp);
  const mine = (ofApp.get(key) ?? Promise.resolve()).then(work);
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  ofApp.set(key, settled);
  try {
    return await mine;
  } finally {
    if (ofApp.get(key) === settled) ofApp.delete(key);
  }
}

const stacks = new WeakMap<App, Map<number, (() => void)[]>>();

/** Runs `work` alone in its repository; of those that wait, the newest goes first. */
export async function inRepositoryTurn<T>(
  app: App,
  repositoryId: number,
  work: () => Promise<T>,
): Promise<T> {
  const ofApp = stacks.get(app) ?? new Map<number, (() => void)[]>();
  stacks.set(app, ofApp);
  const waiting = ofApp.get(repositoryId);
  if (waiting) await new Promise<void>((turn) => waiting.push(turn));
  else ofApp.set(repositoryId, []);
  try {
    return await work();
  } finally {
    const next = ofApp.get(repositoryId)?.pop();
    if (next) next();
    else ofApp.delete(repositoryId);
  }
}
