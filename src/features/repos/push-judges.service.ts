// What forbids a push beyond who may write: rooms to the right add their rules here, so that every way of moving a branch or
// tag (git over HTTP and SSH, web edits, merges, the API) asks them, in `decidePush`.
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { OpenRepository } from './repos.types.ts';

/** A merge that the pulls room has judged by the rules of its base; other updates of the same push are judged as pushes. */
export interface MergeProof {
  pullId: number;
  /** The branch it goes into, as refs/heads/…; only its update is the merge. */
  ref: string;
  /** By the merge queue, past which nothing may be pushed where there is one. */
  byQueue?: true;
  /** Names of rules that were not met and that the person may pass by, and chose to. */
  bypassed?: readonly string[];
}

export interface JudgedPush {
  /** As the actor of `open` stands today. */
  open: OpenRepository;
  updates: readonly RefUpdate[];
  pushOptions: readonly string[];
  /** With it git sees the pushed objects, which are in quarantine; missing where they are in the repository already. */
  env?: Record<string, string>;
  merge?: MergeProof;
  /** Tells whoever pushes something besides, once the push is accepted. */
  say(line: string): void;
}

/** Says in sentences why a push is refused: which ref, which rule, what to do instead. None: nothing speaks against it. */
export type JudgePush = (app: App, push: JudgedPush) => Promise<string[]>;

/** What is known to speak against commits on a branch before there are any, for pages that offer another way. */
export type ForecastPush = (app: App, open: OpenRepository, ref: string) => Promise<string[]>;

const added = new WeakMap<App, JudgePush[]>();

/** Adds a judge of every push. */
export function addPushJudge(app: App, judge: JudgePush): void {
  added.set(app, [...(added.get(app) ?? []), judge]);
}

/** What speaks against a push. */
export async function judgePush(app: App, push: JudgedPush): Promise<string[]> {
  const refusals: string[] = [];
  for (const judge of added.get(app) ?? []) refusals.push(...(await judge(app, push)));
  return refusals;
}

const forecasts = new WeakMap<App, ForecastPush[]>();

/** Adds what pages ask before they offer to commit to a branch. */
export function addPushForecast(app: App, forecast: ForecastPush): void {
  forecasts.set(app, [...(forecasts.get(app) ?? []), forecast]);
}

/** What would speak against a commit of the actor of `open` on a branch (refs/heads/…), whatever it holds; none: try it. */
export async function forecastPush(app: App, open: OpenRepository, ref: string): Promise<string[]> {
  const reasons: string[] = [];
  for (const forecast of forecasts.get(app) ?? []) reasons.push(...(await forecast(app, open, ref)));
  return reasons;
}

/** What rules keep from happening to a branch or tag, for lists and the API. */
export interface RefProtection {
  /** The actor of `open` may not delete it. */
  keepsFromDeletion: boolean;
  /** The actor may not push commits to it by themselves. */
  keepsFromPushes: boolean;
  approvals: number;
  /** Contexts of required checks. */
  contexts: readonly string[];
  /** Names of the rule sets. */
  ruleSets: readonly string[];
}

/** By full name; refs that no rule holds for are left out. */
export type ProtectRefs = (
  app: App,
  open: OpenRepository,
  refs: readonly string[],
) => Promise<Map<string, RefProtection>>;

const protectors = new WeakMap<App, ProtectRefs>();

/** Sets who tells what refs are protected by; one room knows. */
export function setRefProtection(app: App, protect: ProtectRefs): void {
  protectors.set(app, protect);
}

/** What these refs are protected by, by their full names, as the actor of `open` stands. */
export async function protectionOf(
  app: App,
  open: OpenRepository,
  refs: readonly string[],
): Promise<Map<string, RefProtection>> {
  return (await protectors.get(app)?.(app, open, refs)) ?? new Map();
}
