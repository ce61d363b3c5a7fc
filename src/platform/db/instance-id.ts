// Ties a database on a server to one data directory by a random id that both hold: with another directory, pushes under
// way there would be taken for interrupted ones, and repositories for data that is missing.
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { randomToken } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import type { DataPaths } from '../config/data-directory.ts';
import type { Db } from './db.types.ts';
import { settings } from './tables/platform.ts';
import { repositories } from './tables/repos.ts';
import { insertIfAbsent } from './write-forms.ts';

const SETTING = 'instance.id';
/** The file in the data directory; its content is the id and no secret. */
export const INSTANCE_FILE = 'instance-id';

type Place = Pick<DataPaths, 'root' | 'repositories'>;

/**
 * Ties an opened database to the data directory at the first start, and throws AppError conflict, with what to do, when
 * one of them belongs to another. SQLite needs no tie: its file is in the directory.
 */
export async function tieToDirectory(db: Db, paths: Place): Promise<void> {
  if (db.dialect !== 'sqlite') await requireTie(db, paths);
}

/** As `tieToDirectory`, on any engine. */
export async function requireTie(db: Db, paths: Place): Promise<void> {
  const file = join(paths.root, INSTANCE_FILE);
  const inDatabase = await findId(db);
  const inDirectory = readId(file);
  if (inDatabase === inDirectory && inDatabase !== undefined) return;
  if (inDatabase !== undefined) throw otherDirectory(paths.root, file, inDatabase);
  const hasData = readdirSync(paths.repositories).length > 0;
  if (inDirectory !== undefined && hasData) throw otherDatabase(paths.root, file);
  // A database whose repositories are elsewhere, from before databases were tied.
  if (!hasData && (await db.read.$count(repositories)) > 0) throw absentRepositories(paths.root);
  await tie(db, paths, file, inDirectory);
}

/** The file comes first: a start that is killed between the two leaves what the next one goes on with. */
async function tie(db: Db, paths: Place, file: string, known: string | undefined): Promise<void> {
  const id = known ?? makeId(file);
  await db.write((tx) => insertIfAbsent(tx, settings, { name: SETTING, value: id }));
  const tied = await findId(db);
  if (tied === id) return;
  // Another directory was faster.
  if (known === undefined) rmSync(file, { force: true });
  throw otherDirectory(paths.root, file, String(tied));
}

async function findId(db: Db): Promise<string | undefined> {
  const [row] = await db.read.select().from(settings).where(eq(settings.name, SETTING));
  return row?.value;
}

function readId(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Appears whole or not at all; a command that runs beside this start and was faster wins. */
function makeId(file: string): string {
  const id = randomToken(16);
  const draft = `${file}.${id}`;
  writeFileSync(draft, `${id}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, file);
    return id;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readId(file) ?? id;
    // A file system without hard links.
    renameSync(draft, file);
    return id;
  } finally {
    rmSync(draft, { force: true });
  }
}

function otherDirectory(root: string, file: string, id: string): AppError {
  return new AppError(
    'conflict',
    `The database of database.url belongs to another data directory than ${root}: start with that one (--data), or ` +
      `correct database.url. Only if ${root} replaces that directory for good, write ${id} into ${file}.`,
  );
}

function otherDatabase(root: string, file: string): AppError {
  return new AppError(
    'conflict',
    `The data directory ${root} belongs to another database than that of database.url, which is new: correct ` +
      `database.url, or restore the database. Only to begin anew with this one, remove ${file}.`,
  );
}

function absentRepositories(root: string): AppError {
  return new AppError(
    'conflict',
    `The database of database.url belongs to another data directory than ${root}, which has no repositories: start ` +
      'with that one (--data), restore the repositories, or correct database.url.',
  );
}
