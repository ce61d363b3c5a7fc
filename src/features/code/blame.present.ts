// Lines of a file with who last changed them, grouped by commit and in order, however git finds them out.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import { DAY } from '../../base/time.ts';
import type { BlameHunk } from '../../platform/git/blame.ts';
import { avatar } from '../../platform/render/avatars.ts';
import { replaceShortcodes } from '../../platform/render/emoji.ts';
import { icon } from '../../platform/render/icons.ts';
import { relativeTime } from '../../platform/render/time.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { CommitAccount } from '../users/emails.service.ts';
import { encodePath, visibleText } from './paths.service.ts';

/** Neighbouring lines of one commit; `hunk` is the first of them. */
export interface BlameGroup {
  hunk: BlameHunk;
  first: number;
  count: number;
}

export interface BlameOrder {
  /** Takes hunks in any order; returns the groups that are whole and next in line. */
  push(hunks: readonly BlameHunk[]): BlameGroup[];
  /** The group that was kept back for what might have belonged to it. */
  end(): BlameGroup[];
}

/** Puts hunks into the order of the lines, from the line `first` on. */
export function orderHunks(first: number): BlameOrder {
  const waiting = new Map<number, BlameHunk>();
  let next = first;
  let open: BlameGroup | undefined;

  function* take(): Generator<BlameGroup> {
    for (let hunk = waiting.get(next); hunk; hunk = waiting.get(next)) {
      waiting.delete(next);
      next += hunk.count;
      if (open && open.hunk.commit.oid === hunk.commit.oid && open.hunk.path.equals(hunk.path)) {
        open.count += hunk.count;
        continue;
      }
      if (open) yield open;
      open = { hunk, first: hunk.first, count: hunk.count };
    }
  }

  return {
    push(hunks) {
      for (const hunk of hunks) waiting.set(hunk.first, hunk);
      return [...take()];
    },
    end() {
      const last = open ? [open] : [];
      open = undefined;
      return last;
    },
  };
}

/** Days up to which each colour goes, the newest first; what is older has the last one. */
const AGES = [7, 30, 91, 182, 365, 730, 1825];
export const HEATS = AGES.length + 1;

/** How recent a change is, 0 for the newest. */
export function heatOf(at: number, now: number): number {
  const days = (now - at) / DAY;
  const index = AGES.findIndex((most) => days <= most);
  return index < 0 ? AGES.length : index;
}

export interface BlamedLines {
  open: OpenRepository;
  /** The lines shown, the first of which has the number `first`. */
  lines: readonly SafeHtml[];
  first: number;
  now: number;
  /** By address in lower case. */
  accounts: ReadonlyMap<string, CommitAccount>;
}

/** The rows of a group. */
export function groupHtml(group: BlameGroup, shown: BlamedLines): string {
  let html = '';
  for (let line = group.first; line < group.first + group.count; line++) {
    const code = shown.lines[line - shown.first] ?? '';
    const info = line === group.first ? infoHtml(group, shown) : '';
    const start = line === group.first ? ' class="blame-start"' : '';
    html += `<tr id="L${line}"${start}>${info}<td class="blob-num"><a href="#L${line}" data-line="${line}" aria-label="Line ${line}"></a></td><td class="blob-code">${code}</td></tr>\n`;
  }
  return html;
}

function infoHtml({ hunk, count }: BlameGroup, { open, now, accounts }: BlamedLines): string {
  const { commit, previous } = hunk;
  const account = accounts.get(commit.authorEmail.toLowerCase());
  const name = visibleText(commit.authorName) || 'unknown';
  const title =
    replaceShortcodes(visibleText(commit.title)).trim().slice(0, 250).toWellFormed() || '(no message)';
  const href = escapeHtml(`${open.path}/commit/${commit.oid}`);
  const who = escapeHtml(account?.name ?? name);
  const prior = previous
    ? `<a class="blame-prior" href="${escapeHtml(`${open.path}/blame/${previous.oid}/${encodePath(previous.path)}`)}" data-turbo="false" title="Blame prior to this change" aria-label="Blame prior to this change, ${commit.oid.slice(0, 7)}">${icon('versions')}</a>`
    : '<span class="blame-prior"></span>';
  return `<td class="blame-info blame-heat-${heatOf(commit.authoredAt, now)}" rowspan="${count}"><div class="blame-line"><span class="blame-who" title="${who}">${avatar(account ?? name, 16)}<span class="sr-only">${who}</span></span><a class="blame-title" href="${href}" title="${escapeHtml(title)}">${escapeHtml(title)}</a><span class="blame-age">${relativeTime(commit.authoredAt)}</span>${prior}</div></td>`;
}

/** A row that says why the rest is missing. */
export function brokenHtml(message: string): string {
  return `<tr><td class="blame-broken" colspan="3" role="alert">${escapeHtml(message)}</td></tr>\n`;
}
