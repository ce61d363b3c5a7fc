// The page of a file with who last changed each line. What git has not found out when the page could leave comes after
// it, in order, in the same answer: so it needs no script.
import { isAppError, notFound } from '../../base/errors.ts';
import type { SafeHtml } from '../../base/html.ts';
import { highlightNames } from '../../platform/render/languages.ts';
import { streamInTurn, takeTurn } from '../../platform/web/expensive.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsOfCommitEmails, type CommitAccount } from '../users/emails.service.ts';
import {
  type BlamedLines,
  type BlameGroup,
  brokenHtml,
  groupHtml,
  HEATS,
  orderHunks,
} from './blame.present.ts';
import { blameOf, IGNORE_FILE, ignoredCommits } from './blame.service.ts';
import { type BlamedFile, readBlamedFile } from './blamed-files.service.ts';
import type { Place } from './code.types.ts';
import { addressOf, crumbs, refMenu } from './links.present.ts';
import { displayPath, lastName, visibleText } from './paths.service.ts';
import { requireEntry, requirePlace } from './places.service.ts';
import { pageNumber, restOfAddress } from './requests.web.ts';
import { bodyOf, gzipped } from './streams.service.ts';

/** Milliseconds the page waits for git: what takes longer is sent as it comes. */
const PATIENCE = 60;
/** Stands in the page where the rows go; nothing that is escaped looks like it. */
const ROWS = '<!--rows-->';

export async function getBlame(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await requirePlace(app, open, restOfAddress(c));
  const entry = await requireEntry(app, open, place, 'file');
  if (entry.type === 'tree') return c.redirect(addressOf(open, 'tree', place.at, place.path), 302);
  if (entry.type === 'commit') throw notFound('file');
  const leave = await takeTurn(c);
  try {
    const file = await readBlamedFile(app, open, entry, pageNumber(c));
    return await answerBlame(c, open, place, file, leave);
  } catch (error) {
    leave();
    throw error;
  }
}

async function answerBlame(
  c: WebContext,
  open: OpenRepository,
  place: Place,
  file: BlamedFile,
  leave: () => void,
): Promise<Response> {
  const { app } = c.var;
  const ignored = await ignoredCommits(app, open, place);
  const isIgnoring = ignored !== undefined && c.req.query('ignore') !== '0';
  const model = await pageModel(c, open, place, file, { ignored, isIgnoring });
  if (!file.lines || file.lines.texts.length === 0 || c.req.method === 'HEAD') {
    leave();
    return page(c, 'code/blame', { ...model, rowsHtml: '' as SafeHtml });
  }
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, c.req.raw.signal]);
  const rows = rowsOf(c, open, place, {
    lines: file.lines,
    ignored: isIgnoring ? ignored.oids : [],
    signal,
  });
  const early = await collect(rows, PATIENCE);
  if (early.done) {
    leave();
    return page(c, 'code/blame', { ...model, rowsHtml: early.html as SafeHtml });
  }
  try {
    return answerStream(c, model, { early, rows, leave, stop });
  } catch (error) {
    // No place left for another stream: git must not go on for nobody.
    stop.abort();
    throw error;
  }
}

interface Wanted {
  lines: NonNullable<BlamedFile['lines']>;
  ignored: readonly string[];
  signal: AbortSignal;
}

/** The rows of the table, as many at a time as are known. */
async function* rowsOf(
  c: WebContext,
  open: OpenRepository,
  place: Place,
  { lines, ignored, signal }: Wanted,
): AsyncGenerator<string> {
  const { app } = c.var;
  const { oid, first, texts } = lines;
  const range = { first, last: first + texts.length - 1 };
  const name = displayPath(lastName(place.path));
  const colouring = app.highlighter.lines({
    text: `${texts.join('\n')}\n`,
    languages: highlightNames(name, texts[0]?.slice(0, 200)),
    // Its lines are git's here, and a page of them: not the same as those of the file's own page.
    oid: `blame ${oid} ${first}`,
  });
  // It is waited for below, unless git fails before.
  colouring.catch(() => undefined);
  const order = orderHunks(first);
  const accounts = new Map<string, CommitAccount>();
  const asked = new Set<string>();
  const draw = async (groups: readonly BlameGroup[]) => {
    if (groups.length === 0) return '';
    await findAccounts(c, groups, accounts, asked);
    const shown: BlamedLines = { open, lines: await colouring, first, now: app.clock.now(), accounts };
    return groups.map((group) => groupHtml(group, shown)).join('');
  };
  try {
    for await (const hunks of blameOf(app, open, place, { lines: range, ignored, signal })) {
      const html = await draw(order.push(hunks));
      if (html !== '') yield html;
    }
    yield await draw(order.end());
  } catch (error) {
    if (signal.aborted) return;
    if (!isAppError(error)) app.log.error({ err: error }, 'a blame broke off');
    yield (await draw(order.end())) +
      brokenHtml(
        isAppError(error) ? error.message : 'The blame of the lines that follow could not be found out.',
      );
  }
}

async function findAccounts(
  c: WebContext,
  groups: readonly BlameGroup[],
  accounts: Map<string, CommitAccount>,
  asked: Set<string>,
): Promise<void> {
  const emails = [...new Set(groups.map(({ hunk }) => hunk.commit.authorEmail.toLowerCase()))];
  const fresh = emails.filter((email) => !asked.has(email));
  if (fresh.length === 0) return;
  for (const email of fresh) asked.add(email);
  for (const [email, account] of await accountsOfCommitEmails(c.var.app, fresh)) accounts.set(email, account);
}

interface Early {
  html: string;
  done: boolean;
  /** What is being waited for when the time was up. */
  pending: Promise<IteratorResult<string>> | undefined;
}

/** What comes within some milliseconds. */
async function collect(rows: AsyncGenerator<string>, patience: number): Promise<Early> {
  let html = '';
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, patience, undefined);
  try {
    for (;;) {
      const pending = rows.next();
      const next = await Promise.race([pending, late]);
      if (!next) return { html, done: false, pending };
      if (next.done) return { html, done: true, pending: undefined };
      html += next.value;
    }
  } finally {
    clearTimeout(timer);
  }
}

interface Streaming {
  early: Early;
  rows: AsyncGenerator<string>;
  leave: () => void;
  stop: AbortController;
}

function answerStream(
  c: WebContext,
  model: Parameters<typeof page>[2],
  { early, rows, leave, stop }: Streaming,
): Response {
  page(c, 'code/blame', { ...model, rowsHtml: ROWS as SafeHtml });
  const [head = '', tail = ''] = (c.var.html ?? '').split(ROWS);
  // The surface must not take the frame alone for the answer.
  c.set('html', undefined);
  async function* parts(): AsyncGenerator<Buffer> {
    try {
      yield Buffer.from(head + early.html);
      for (let next = await early.pending; next && !next.done; next = await rows.next())
        yield Buffer.from(next.value);
      yield Buffer.from(tail);
    } finally {
      stop.abort();
    }
  }
  const chunks = () => streamInTurn(c, stop.signal, parts, leave);
  const isPacked = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  // Also of a client that leaves before the first chunk is asked for.
  const end = () => {
    stop.abort();
    leave();
  };
  c.req.raw.signal.addEventListener('abort', end, { once: true });
  const body = bodyOf(c.var, (signal) => {
    signal.addEventListener('abort', end, { once: true });
    return isPacked ? gzipped(chunks()) : chunks();
  });
  return c.body(body, 200, {
    'content-type': 'text/html; charset=utf-8',
    vary: 'Accept-Encoding, Cookie',
    ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
  });
}

async function pageModel(
  c: WebContext,
  open: OpenRepository,
  place: Place,
  file: BlamedFile,
  { ignored, isIgnoring }: { ignored: { isCut: boolean } | undefined; isIgnoring: boolean },
) {
  const { at, path } = place;
  const address = addressOf(open, 'blame', at, path);
  const { lines } = file;
  const pageHref = (number: number, query: Record<string, string> = {}) => {
    const parameters = new URLSearchParams({
      ...(number > 1 ? { page: String(number) } : {}),
      ...(isIgnoring ? {} : c.req.query('ignore') === '0' ? { ignore: '0' } : {}),
      ...query,
    }).toString();
    return parameters === '' ? address : `${address}?${parameters}`;
  };
  return {
    title: `Blaming ${open.repository.name}/${displayPath(path)} at ${visibleText(at.name)} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    wide: true,
    name: displayPath(lastName(path)),
    pathText: displayPath(path),
    menu: await refMenu(c.var.app, open, 'blame', place),
    crumbs: crumbs(open, place),
    blobHref: addressOf(open, 'blob', at, path),
    rawHref: addressOf(open, 'raw', at, path),
    historyHref: addressOf(open, 'commits', at, path),
    blameHref: address,
    kind: file.kind,
    size: file.size,
    lineCount: lines?.total,
    first: lines?.first,
    last: lines && lines.first + lines.texts.length - 1,
    previous: lines && lines.page > 1 ? pageHref(lines.page - 1) : undefined,
    next: lines && lines.page < lines.pages ? pageHref(lines.page + 1) : undefined,
    heats: Array.from({ length: HEATS }, (_, heat) => heat),
    ignore: ignored && {
      file: IGNORE_FILE,
      isOn: isIgnoring,
      isCut: ignored.isCut,
      href: addressOf(open, 'blob', at, Buffer.from(IGNORE_FILE)),
      switchHref: isIgnoring ? `${address}?ignore=0` : address,
    },
  };
}
