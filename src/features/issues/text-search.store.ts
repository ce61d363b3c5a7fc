// Full-text search by the database: SQLite's FTS5, PostgreSQL's tsvector, MySQL's FULLTEXT, over the same rows.
// An issue has a row for its title and one for its title and text, a comment one for its text. Each holds a word that
// stands for its repository, so that a search in one repository does not walk through the matches of all others.
import { type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { tableDialect } from '../../platform/db/dialect.ts';
import { runStatement } from '../../platform/db/write-forms.ts';
import type { SearchedWords } from './queries.types.ts';

type Db = Reader | Tx;

/** What a row of the search is of. */
export type TextKind = 'title' | 'text' | 'comment';

/**
 * Ranges of row ids tell the kinds apart. SQLite reads matches from either end of all of them: the newest comments are at
 * the low end, the newest titles at the high one, and texts behind those, since fewest titles have a word.
 */
const TITLES = 2 ** 40;

/** The row of a title, of a text (both by the issue's id) or of a comment (by its entry's id). */
function rowIdOf(kind: TextKind, id: number): number {
  if (kind === 'comment') return -id;
  return kind === 'title' ? TITLES + id : id;
}

function idOfRow(kind: TextKind, rowId: number): number {
  if (kind === 'comment') return -rowId;
  return kind === 'title' ? rowId - TITLES : rowId;
}

/** FTS5 leaves aside what it is told about row ids unless they are integers, and numbers are bound as floating ones. */
function whole(id: number): SQL {
  return tableDialect() === 'sqlite' ? sql`cast(${id} as integer)` : sql`${id}`;
}

/** All rows of a kind. */
function rowsOf(kind: TextKind, column: SQL): SQL {
  if (kind === 'comment') return sql`${column} < 0`;
  const titles = whole(TITLES);
  return kind === 'title' ? sql`${column} > ${titles}` : sql`${column} > 0 and ${column} < ${titles}`;
}

export interface SearchText {
  kind: TextKind;
  /** Of the entry for comments, of the issue otherwise. */
  id: number;
  issueId: number;
  repositoryId: number;
  /** As `searchableText` made them. */
  title: string;
  body: string;
}

/** Puts a text into the search in place of what was there. */
export async function putText(tx: Tx, text: SearchText): Promise<void> {
  const rowId = rowIdOf(text.kind, text.id);
  await removeText(tx, text.kind, text.id);
  const { issueId, title, body } = text;
  const scope = scopeWord(text.repositoryId);
  if (tableDialect() === 'sqlite')
    return runStatement(
      tx,
      sql`insert into issue_search (rowid, title, body, scope) values (${rowId}, ${title}, ${body}, ${scope})`,
    );
  if (tableDialect() === 'mysql')
    return runStatement(
      tx,
      sql`insert into issue_search (id, issue_id, title, body, scope) values (${rowId}, ${issueId}, ${title}, ${body}, ${scope})`,
    );
  return runStatement(
    tx,
    sql`insert into issue_search (id, issue_id, document) values (${rowId}, ${issueId},
      setweight(to_tsvector('simple', ${title}), 'A') || setweight(to_tsvector('simple', ${body}), 'D') || to_tsvector('simple', ${scope}))`,
  );
}

/** Takes a text out of the search. */
export async function removeText(tx: Tx, kind: TextKind, id: number): Promise<void> {
  await runStatement(tx, sql`delete from issue_search where ${idColumn()} = ${whole(rowIdOf(kind, id))}`);
}

/** Of some ids of one kind those that are in the search. */
export async function textsAmong(db: Db, kind: TextKind, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set();
  const column = tableDialect() === 'sqlite' ? sql`id` : idColumn();
  const table = tableDialect() === 'sqlite' ? sql`issue_search_docsize` : sql`issue_search`;
  const rowIds = ids.map((id) => whole(rowIdOf(kind, id)));
  const rows = await db
    .select({ id: sql<number>`${column}` })
    .from(table)
    .where(sql`${column} in (${sql.join(rowIds, sql`, `)})`);
  return new Set(rows.map(({ id }) => idOfRow(kind, Number(id))));
}

/**
 * Ids of one kind that are in the search of SQLite, behind one of them in order of their rows: it has no references that
 * would remove them.
 */
export async function textsBehind(
  db: Db,
  kind: TextKind,
  behind: number | undefined,
  limit: number,
): Promise<number[]> {
  const id = sql`id`;
  const rows = await db
    .select({ id: sql<number>`id` })
    .from(sql`issue_search_docsize`)
    .where(
      sql`${rowsOf(kind, id)} and ${behind === undefined ? sql`1 = 1` : sql`id > ${rowIdOf(kind, behind)}`}`,
    )
    .orderBy(id)
    .limit(limit);
  return rows.map((row) => idOfRow(kind, row.id));
}

export interface TextQuery {
  kind: TextKind;
  words: SearchedWords;
  /** Only of these repositories. */
  repositoryIds?: readonly number[];
  /** Only these ids (of entries for comments). */
  ids?: readonly number[];
  /** Not in titles. */
  inBody?: boolean;
  /** How many of the newest. */
  limit: number;
  /** Whether to judge how well each matches; otherwise all count the same. */
  isRanked: boolean;
}

export interface TextMatch {
  id: number;
  /** The higher, the better, in the engine's own measure. */
  rank: number;
}

/** The newest texts of a kind that match. Nothing in the words can be read as syntax: they are letters and digits. */
export async function matchingTexts(db: Db, query: TextQuery): Promise<TextMatch[]> {
  const { kind, ids, limit } = query;
  const { match, rank } = ENGINES[tableDialect()](query);
  const id = idColumn();
  const chosen = ids?.map((one) => whole(rowIdOf(kind, one)));
  const rows = await db
    .select({ id: sql<number>`${id}`, rank: sql<number>`${query.isRanked ? rank : sql`1`}` })
    .from(sql`issue_search`)
    .where(sql`${match} and ${chosen ? sql`${id} in (${sql.join(chosen, sql`, `)})` : rowsOf(kind, id)}`)
    .orderBy(kind === 'comment' ? id : sql`${id} desc`)
    .limit(limit);
  return rows.map((row) => ({ id: idOfRow(kind, Number(row.id)), rank: Number(row.rank) }));
}

/** Whether a word is in more texts than `most`; asked on SQLite, where ranking by a common word takes long. */
export async function isInMoreThan(db: Db, phrase: string, most: number): Promise<boolean> {
  const rows = await db
    .select({ id: sql<number>`rowid` })
    .from(sql`issue_search`)
    .where(sql`issue_search match ${`"${phrase}"`}`)
    .limit(1)
    .offset(most);
  return rows.length > 0;
}

interface EngineQuery {
  match: SQL;
  rank: SQL;
}

const ENGINES: Readonly<Record<'sqlite' | 'postgres' | 'mysql', (query: TextQuery) => EngineQuery>> = {
  sqlite: ({ words: { wanted, unwanted }, repositoryIds, inBody }) => {
    const column = inBody ? 'body : ' : '';
    const all = wanted.map((phrase) => `${column}"${phrase}"`).join(' AND ');
    const scopes = repositoryIds?.map((id) => `scope : "${scopeWord(id)}"`).join(' OR ');
    const inside = scopes === undefined ? `(${all})` : `(${all}) AND (${scopes})`;
    const query = [`(${inside})`, ...unwanted.map((phrase) => `"${phrase}"`)].join(' NOT ');
    return {
      match: sql`issue_search match ${query}`,
      rank: sql`-bm25(issue_search, 8.0, 1.0, 0.0)`,
    };
  },
  postgres: ({ words: { wanted, unwanted }, repositoryIds, inBody }) => {
    const all = sql.join(wanted.map(tsquery), sql` && `);
    const inside = repositoryIds
      ? sql`${all} && (${sql.join(
          repositoryIds.map((id) => tsquery(scopeWord(id))),
          sql` || `,
        )})`
      : all;
    const query = sql.join([inside, ...unwanted.map((phrase) => sql`!!${tsquery(phrase)}`)], sql` && `);
    const body = inBody ? sql` and ts_filter(document, '{d}') @@ (${all})` : sql``;
    return {
      match: sql`document @@ (${query})${body}`,
      rank: sql`ts_rank_cd(document, ${all})`,
    };
  },
  mysql: ({ words: { wanted, unwanted }, repositoryIds }) => {
    const all = wanted.flatMap(mysqlWords).map((word) => `+${word}`);
    const without = unwanted.flatMap(mysqlWords).map((word) => `-${word}`);
    const scopes = repositoryIds ? [`+(${repositoryIds.map(scopeWord).join(' ')})`] : [];
    // Words that are too short or too common for its index alone match nothing.
    if (all.length === 0) return { match: sql`1 = 0`, rank: sql`1` };
    const query = [...all, ...scopes, ...without].join(' ');
    const match = sql`match (title, body, scope) against (${query} in boolean mode)`;
    return { match, rank: match };
  },
};

function tsquery(phrase: string): SQL {
  return sql`phraseto_tsquery('simple', ${phrase})`;
}

/** Words that InnoDB does not index. */
const STOP_WORDS = new Set(
  'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who will with und www'.split(
    ' ',
  ),
);
const SHORTEST_WORD = 3;

/** The words of a phrase that InnoDB knows: the phrase itself when it knows all of them. */
function mysqlWords(phrase: string): string[] {
  const words = phrase.split(' ');
  const known = words.filter((word) => word.length >= SHORTEST_WORD && !STOP_WORDS.has(word));
  return known.length === words.length && words.length > 1 ? [`"${phrase}"`] : known;
}

/** A word that stands for a repository; texts that hold it by chance are sorted out later. */
function scopeWord(repositoryId: number): string {
  return `ochr${repositoryId}x`;
}

function idColumn(): SQL {
  return tableDialect() === 'sqlite' ? sql`rowid` : sql`id`;
}
