// Looks up where names are defined in a repository, and has the index made where it is missing or behind.
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { INDEX_VERSION } from './symbol-index.service.ts';
import { definitionsBeginning, definitionsNamed, findSymbolIndex, type SymbolRow } from './symbols.store.ts';

export const SYMBOLS_JOB = 'code.symbols';

/** Longer names are not indexed. */
const MAX_NAME = 190;
const MAX_FOUND = 100;
/** How often one process asks for an index that is behind. */
const ASK_EVERY = MINUTE;

export interface FoundDefinitions {
  /** Of exactly this name. */
  exact: SymbolRow[];
  /** Of names that begin with it, looked for only where there is none of exactly this name, or when asked for. */
  others: SymbolRow[];
  /** The commit of the default branch that the lines belong to; undefined while there is no index. */
  commitOid: string | undefined;
  isCurrent: boolean;
}

/** Definitions of a name in the default branch of a repository that was opened for reading its code. */
export async function findDefinitions(
  app: App,
  open: OpenRepository,
  name: string,
  options: { beginning: boolean },
): Promise<FoundDefinitions> {
  const repositoryId = open.repository.id;
  const tip = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  const index = await findSymbolIndex(app.db.read, repositoryId);
  const isReady = index?.version === INDEX_VERSION;
  const isCurrent = isReady ? index.commitOid === tip : tip === undefined;
  if (!isCurrent) await askForIndex(app, repositoryId);
  const nothing = { exact: [], others: [], commitOid: isReady ? index.commitOid : undefined, isCurrent };
  if (!isReady || name === '' || name.length > MAX_NAME) return nothing;
  const exact = await definitionsNamed(app.db.read, repositoryId, name, MAX_FOUND);
  const others = options.beginning
    ? await definitionsBeginning(app.db.read, repositoryId, name, MAX_FOUND)
    : [];
  return { exact, others, commitOid: index.commitOid, isCurrent };
}

const asked = new WeakMap<App, Map<number, number>>();

/** Not at each look: a page that is opened often must not write each time. */
async function askForIndex(app: App, repositoryId: number): Promise<void> {
  const times = asked.get(app) ?? new Map<number, number>();
  asked.set(app, times);
  const now = app.clock.now();
  if (now - (times.get(repositoryId) ?? 0) < ASK_EVERY) return;
  if (times.size > 1000) times.clear();
  times.set(repositoryId, now);
  await indexLater(app, repositoryId);
}

/** Has a repository's symbols indexed soon; asking twice is asking once. */
export async function indexLater(app: App, repositoryId: number, delay = 0): Promise<void> {
  await app.db.write((tx) =>
    app.jobs.enqueue(
      tx,
      SYMBOLS_JOB,
      { repositoryId },
      { uniqueKey: `${SYMBOLS_JOB}:${repositoryId}`, fairnessKey: `repo:${repositoryId}`, delay },
    ),
  );
}
