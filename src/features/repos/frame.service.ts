// The frame around every page of a repository, in whatever room, and the addresses it is cloned from.
import type { App } from '../../platform/app.types.ts';
import type { WatchedKind } from '../../platform/db/tables/notifications.ts';
import { isArchived, permissionIncludes, readsCode, readsIssues, readsUnit } from './repos.policy.ts';
import type { OpenRepository, RepositorySummary, WatchChoice } from './repos.types.ts';
import { WATCHED_KINDS } from './watches.service.ts';

export interface RepositoryTab {
  key: string;
  label: string;
  icon: string;
  href: string;
  count?: number;
  /** Keys that lead to it. */
  hotkey?: string;
}

/** What the frame around every page of a repository shows. */
export interface RepositoryFrame {
  owner: string;
  name: string;
  path: string;
  visibility: string;
  isArchived: boolean;
  starCount: number;
  isStarred: boolean;
  watchers: number;
  /** What the person at the page is told of. */
  watch: WatchChoice | undefined;
  /** What of it can be watched by itself: units that are on, and open to the visitor. */
  watchable: readonly WatchedKind[];
  forkCount: number;
  /** What it was forked from, if the visitor may see that. */
  forkedFrom: { path: string; label: string } | undefined;
  /** The visitor's own repository of the same network. */
  ownFork: { path: string; label: string } | undefined;
  /** Whether there is code that the visitor may read, and so fork. */
  readsCode: boolean;
  isTemplate: boolean;
  tabs: RepositoryTab[];
  selected: string;
  /** The address that a mirror follows. */
  mirrorOf: string | undefined;
  canWrite: boolean;
  canAdminister: boolean;
}

/** The frame of a repository's pages with the tab `selected`; tabs nobody may open are left out. */
export function repositoryFrame(open: OpenRepository, selected: string): RepositoryFrame {
  const { path, permission } = open;
  const tabs: RepositoryTab[] = [];
  if (readsCode(open)) tabs.push({ key: 'code', label: 'Code', icon: 'code', href: path, hotkey: 'g c' });
  if (readsIssues(open))
    tabs.push({
      key: 'issues',
      label: 'Issues',
      icon: 'issue-opened',
      href: `${path}/issues`,
      count: open.openIssues,
      hotkey: 'g i',
    });
  if (readsUnit(open, 'pulls'))
    tabs.push({
      key: 'pulls',
      label: 'Pull requests',
      icon: 'git-pull-request',
      href: `${path}/pulls`,
      count: open.openPulls,
      hotkey: 'g p',
    });
  if (readsCode(open))
    tabs.push({ key: 'insights', label: 'Insights', icon: 'graph', href: `${path}/graphs/contributors` });
  if (permissionIncludes(permission, 'maintain'))
    tabs.push({ key: 'settings', label: 'Settings', icon: 'gear', href: `${path}/settings` });
  return {
    owner: open.owner.name,
    name: open.repository.name,
    path,
    visibility: open.repository.visibility,
    isArchived: isArchived(open.repository),
    starCount: open.repository.starCount,
    isStarred: open.isStarred,
    watchers: open.watchers,
    watch: open.watch,
    watchable: WATCHED_KINDS.filter((kind) => readsUnit(open, kind)),
    forkCount: open.repository.forkCount,
    forkedFrom: open.forks.parent && linkTo(open.forks.parent),
    mirrorOf: open.mirrorOf,
    ownFork: open.forks.own && linkTo(open.forks.own),
    readsCode: readsCode(open),
    isTemplate: open.repository.isTemplate,
    tabs,
    selected,
    canWrite:
      permissionIncludes(permission, 'write') && !isArchived(open.repository) && !open.repository.isMirror,
    canAdminister: permissionIncludes(permission, 'admin'),
  };
}

function linkTo({ repository, ownerName }: RepositorySummary): { path: string; label: string } {
  return { path: `/${ownerName}/${repository.name}`, label: `${ownerName}/${repository.name}` };
}

/** The addresses to clone from; SSH is left out when it is switched off. */
export function cloneAddresses(app: App, path: string): { http: string; ssh: string | undefined } {
  const base = app.sshCloneBase();
  return {
    http: `${app.publicUrl()}${path}.git`,
    ssh: base === undefined ? undefined : `${base}${path.slice(1)}.git`,
  };
}
