// Turns a directory into the table of files, with the last commit of each where it is known.
import type { App } from '../../platform/app.types.ts';
import type { TreeEntry } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { LastCommits, Place } from './code.types.ts';
import { type CommitItem, commitItem } from './commits.present.ts';
import { addressOf } from './links.present.ts';
import { displayPath, joinPath, parentPath } from './paths.service.ts';
import { submoduleLinks } from './submodules.service.ts';

export interface FileItem {
  name: string;
  kind: 'directory' | 'file' | 'symlink' | 'submodule';
  /** Undefined for submodules that lead nowhere. */
  href: string | undefined;
  /** For submodules: the commit they stand at. */
  pinned: string | undefined;
  commit: CommitItem | undefined;
}

/** Rows of the table, one for each entry. */
export async function fileItems(
  app: App,
  open: OpenRepository,
  place: Place,
  entries: readonly TreeEntry[],
  known: LastCommits | undefined,
): Promise<FileItem[]> {
  const commits = known ? await commitItems(app, open, entries, known) : new Map<string, CommitItem>();
  const modules = entries.some((entry) => entry.type === 'commit')
    ? await submoduleLinks(app, open, place.at.commit.tree)
    : new Map<string, string>();
  return entries.map((entry) => {
    const path = joinPath(place.path, entry.nameBytes);
    const kind = kindOf(entry);
    const page = kind === 'directory' ? 'tree' : 'blob';
    return {
      name: displayPath(entry.nameBytes),
      kind,
      href:
        kind === 'submodule' ? modules.get(path.toString('latin1')) : addressOf(open, page, place.at, path),
      pinned: kind === 'submodule' ? entry.oid.slice(0, 7) : undefined,
      commit: commits.get(known?.get(entry.nameBytes.toString('latin1')) ?? ''),
    };
  });
}

/** The row that leads a directory up; undefined in the root. */
export function parentHref(open: OpenRepository, place: Place): string | undefined {
  return place.path.length === 0 ? undefined : addressOf(open, 'tree', place.at, parentPath(place.path));
}

function kindOf(entry: TreeEntry): FileItem['kind'] {
  if (entry.type === 'tree') return 'directory';
  if (entry.type === 'commit') return 'submodule';
  return entry.mode === '120000' ? 'symlink' : 'file';
}

async function commitItems(
  app: App,
  open: OpenRepository,
  entries: readonly TreeEntry[],
  known: LastCommits,
): Promise<Map<string, CommitItem>> {
  const oids = new Set(entries.flatMap((entry) => known.get(entry.nameBytes.toString('latin1')) ?? []));
  const commits = await app.git.objects(open.dir).commits([...oids]);
  return new Map(commits.map((commit) => [commit.oid, commitItem(open, commit)]));
}
