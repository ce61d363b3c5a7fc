// Texts of issues and comments as HTML. Markdown is rendered once, in a worker, and kept beside the text with its references
// as marks; a page fills these in for whoever reads it. What is kept is used as long as its stamp is that of the text.
import { hash } from 'node:crypto';
import type { SafeHtml } from '../../base/html.ts';
import { HOUR, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { sourceAsHtml } from '../../platform/render/markdown-limits.ts';
import { fillMarks, type MarkedHtml } from '../../platform/render/reference-marks.ts';
import { findCommitById } from '../code/places.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { RenderedText } from './issues.types.ts';
import { putRendered, type TextOf } from './rendered-texts.store.ts';
import { resolveReferences, untitled } from './resolving.service.ts';

/** Changes whenever the same text would be rendered otherwise. */
const TEXTS_VERSION = 1;
/** Texts and characters that one job of the worker renders. */
const MOST_AT_ONCE = 32;
const MOST_CHARACTERS = 100_000;
/** Jobs at the worker at the same time. */
const JOBS = 2;
/** How long a page waits for texts that nobody has seen yet; what is missing by then is shown as it was typed. */
const PATIENCE = 5 * SECOND;
/** Abbreviated commit ids that are looked for in what is rendered for one page. */
const MOST_COMMITS = 100;
/** Characters of links in one page, beyond which they have no titles. */
const MOST_OF_LINKS = 1024 * 1024;
const ABBREVIATED = /^[0-9a-f]{7,63}$/;

export interface TextToRender {
  key: string;
  /** Markdown. */
  body: string;
  /** What was kept of it. */
  rendered: RenderedText | null;
  of: TextOf;
}

/**
 * Texts of one repository's issues as HTML for whoever opened it, by their keys: a constant number of statements, and no
 * rendering for what was rendered before.
 */
export async function renderTexts(
  app: App,
  open: OpenRepository,
  texts: readonly TextToRender[],
): Promise<Map<string, SafeHtml>> {
  const marked = await markedTexts(app, open, texts);
  const words = [...marked.values()].flatMap(({ references }) => references);
  const links = await resolveReferences(app, open, words);
  return fillAll(marked, links);
}

/** A title of 255 characters behind every `#1` of every comment would make a page of any size: those beyond have none. */
function fillAll(
  marked: ReadonlyMap<string, MarkedHtml>,
  links: ReadonlyMap<string, SafeHtml>,
): Map<string, SafeHtml> {
  const filled = new Map<string, SafeHtml>();
  let spent = 0;
  let used = links;
  for (const [key, text] of marked) {
    if (spent > MOST_OF_LINKS && used === links) used = untitled(links);
    const html = fillMarks(text, used);
    spent += html.length - text.html.length;
    filled.set(key, html);
  }
  return filled;
}

/** A text that is not kept, as it would look. */
export async function previewText(app: App, open: OpenRepository, body: string): Promise<SafeHtml> {
  const { html, references } = await markedPreview(app, open, body);
  return fillMarks({ html, references }, await resolveReferences(app, open, references));
}

/** A text that stands in no repository: its references stay as they were typed. */
export async function renderedAlone(app: App, body: string): Promise<SafeHtml> {
  const place = { repository: '', origin: app.publicUrl() };
  const made = await app.highlighter.comments([{ source: body, idPrefix: 'preview-' }], place);
  const [text] = typeof made === 'string' ? [] : made;
  return text ? fillMarks(text, new Map()) : sourceAsHtml(body);
}

/** The references of a text that is kept; it is rendered and kept now, if it was not. */
export async function keptReferences(
  app: App,
  open: OpenRepository,
  text: TextToRender,
): Promise<readonly string[]> {
  return (await markedTexts(app, open, [text])).get(text.key)?.references ?? [];
}

/** The references of a text as they show: not those in code or links, which say nothing. Undefined when it took too long. */
export async function shownReferences(
  app: App,
  open: Pick<OpenRepository, 'path'>,
  body: string,
): Promise<readonly string[] | undefined> {
  const made = await app.highlighter.comments([{ source: body, idPrefix: '' }], placeOf(app, open));
  return typeof made === 'string' ? undefined : made[0]?.references;
}

async function markedPreview(app: App, open: OpenRepository, body: string): Promise<MarkedHtml> {
  const made = await app.highlighter.comments([{ source: body, idPrefix: 'preview-' }], placeOf(app, open));
  const [text] = typeof made === 'string' ? [] : made;
  return text ? withCommits(app, open, text) : { html: sourceAsHtml(body), references: [] };
}

async function withCommits(app: App, open: OpenRepository, text: MarkedHtml): Promise<MarkedHtml> {
  const oids = await findAbbreviated(app, open, text.references);
  return { html: text.html, references: completed(text.references, oids) };
}

/** What is kept of texts, or made and kept now. */
async function markedTexts(
  app: App,
  open: OpenRepository,
  texts: readonly TextToRender[],
): Promise<Map<string, MarkedHtml>> {
  const now = app.clock.now();
  const found = new Map<string, MarkedHtml>();
  const missing: StampedText[] = [];
  const stampOf = stamperFor(app, open);
  for (const text of texts) {
    const stamp = text.body === '' ? '' : stampOf(text.body);
    if (text.body === '') found.set(text.key, { html: '', references: [] });
    else if (text.rendered && isCurrent(text.rendered, stamp, now)) found.set(text.key, text.rendered);
    else missing.push({ ...text, stamp });
  }
  if (missing.length === 0) return found;
  for (const [key, made] of await makeAndKeep(app, open, missing)) found.set(key, made);
  return found;
}

type StampedText = TextToRender & { stamp: string };

/** The text itself is part of its stamp, so that no edit can leave the HTML of another text behind. */
function stamperFor(app: App, open: Pick<OpenRepository, 'path'>): (body: string) => string {
  const { repository, origin } = placeOf(app, open);
  const about = [TEXTS_VERSION, origin, repository].join('\n');
  return (body) => hash('sha1', `${about}\n${body}`, 'base64url');
}

function placeOf(app: App, open: Pick<OpenRepository, 'path'>) {
  return { repository: open.path, origin: app.publicUrl() };
}

/** `stamp`, or `stamp!until` of a text that took too long: it stays plain for a while, and is tried again then. */
function isCurrent(rendered: RenderedText, stamp: string, now: number): boolean {
  if (!rendered.stamp.startsWith(stamp)) return false;
  const until = rendered.stamp.slice(stamp.length);
  return until === '' || Number(until.slice(1)) > now;
}

async function makeAndKeep(
  app: App,
  open: OpenRepository,
  texts: readonly StampedText[],
): Promise<Map<string, MarkedHtml>> {
  const made = await makeAll(app, open, texts);
  const kept = texts.flatMap((text) => {
    const rendered = made.get(text.key);
    return rendered ? [{ key: text.key, of: text.of, rendered }] : [];
  });
  const oids = await findAbbreviated(
    app,
    open,
    kept.flatMap(({ rendered }) => rendered.references),
  );
  const done = kept.map(({ key, of, rendered }) => ({
    key,
    of,
    rendered: { ...rendered, references: completed(rendered.references, oids) },
  }));
  if (done.length > 0)
    await app.db.write(async (tx) => {
      for (const { of, rendered } of done) await putRendered(tx, of, rendered);
    });
  const plain = texts.map((text): [string, MarkedHtml] => [
    text.key,
    { html: sourceAsHtml(text.body), references: [] },
  ]);
  return new Map([...plain, ...done.map(({ key, rendered }): [string, MarkedHtml] => [key, rendered])]);
}

/** Renders texts in jobs of some; what could not be tried in time is missing from the answer. */
async function makeAll(
  app: App,
  open: OpenRepository,
  texts: readonly StampedText[],
): Promise<Map<string, RenderedText>> {
  const made = new Map<string, RenderedText>();
  const waiting = jobsOf(texts);
  const deadline = performance.now() + PATIENCE;
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job && performance.now() < deadline; job = waiting.shift())
      for (const [key, text] of await makeSome(app, open, job, deadline)) made.set(key, text);
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  return made;
}

function jobsOf(texts: readonly StampedText[]): StampedText[][] {
  const jobs: StampedText[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    length += text.body.length;
    const last = jobs.at(-1);
    if (last && length <= MOST_CHARACTERS && last.length < MOST_AT_ONCE) last.push(text);
    else {
      jobs.push([text]);
      length = text.body.length;
    }
  }
  return jobs;
}

/** One that takes too long must not leave those beside it plain: then each is tried alone. */
async function makeSome(
  app: App,
  open: OpenRepository,
  texts: readonly StampedText[],
  deadline: number,
): Promise<[string, RenderedText][]> {
  const sources = texts.map(({ body, of }) => ({ source: body, idPrefix: idPrefixOf(of) }));
  const answer = await app.highlighter.comments(sources, placeOf(app, open));
  if (answer === 'refused') return [];
  if (answer !== 'late')
    return texts.flatMap(({ key, stamp }, index): [string, RenderedText][] => {
      const text = answer[index];
      return text ? [[key, { ...text, stamp }]] : [];
    });
  if (texts.length === 1) return texts.map((text) => [text.key, plainForNow(app, text)]);
  const each: [string, RenderedText][] = [];
  for (const text of texts)
    if (performance.now() < deadline) each.push(...(await makeSome(app, open, [text], deadline)));
  return each;
}

function plainForNow(app: App, { body, stamp }: StampedText): RenderedText {
  return { html: sourceAsHtml(body), references: [], stamp: `${stamp}!${app.clock.now() + HOUR}` };
}

function idPrefixOf(of: TextOf): string {
  return 'entryId' in of ? `c${of.entryId}-` : `i${of.issueId}-`;
}

/** Full ids of commits by what they were abbreviated to, as far as they exist; none where the code may not be read. */
async function findAbbreviated(
  app: App,
  open: OpenRepository,
  references: readonly string[],
): Promise<Map<string, string>> {
  const full = open.repository.objectFormat === 'sha256' ? 64 : 40;
  const wanted = new Set(references.filter((word) => ABBREVIATED.test(word) && word.length < full));
  const found = new Map<string, string>();
  if (open.repository.isEmpty) return found;
  for (const word of [...wanted].slice(0, MOST_COMMITS)) {
    const commit = await findCommitById(app, open, word);
    if (commit) found.set(word, commit.commit.oid);
  }
  return found;
}

/** References with the full ids of their commits behind them. */
function completed(references: readonly string[], oids: ReadonlyMap<string, string>): string[] {
  return references.map((word) => {
    const oid = oids.get(word);
    return oid === undefined ? word : `${word} ${oid}`;
  });
}
