// Names of accounts of every kind: people, bots and organizations share one namespace.
import { sha256Hex } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { isRetired } from './deletion.store.ts';
import { ACCOUNT_NAME_LENGTH, isName, isReservedName } from './users.input.ts';
import { findByNameKey } from './users.store.ts';

/** What is wrong with the name somebody wants for a new account, as a sentence, or undefined. */
export async function findNameFault(app: App, name: string): Promise<string | undefined> {
  if (name === '') return 'Choose a name.';
  if (name.length > ACCOUNT_NAME_LENGTH) return `A name has at most ${ACCOUNT_NAME_LENGTH} characters.`;
  if (!isName(name))
    return 'Use letters, digits, and single - _ . in between; begin and end the name with a letter or digit.';
  if (isReservedName(name)) return 'This name is reserved. Choose another one.';
  return (await isNameTaken(app.db.read, name)) ? nameTaken(name) : undefined;
}

/** Whether a name is somebody's, or was: names of deleted accounts are not given again. */
export async function isNameTaken(reader: Reader | Tx, name: string): Promise<boolean> {
  const nameKey = name.toLowerCase();
  if (await findByNameKey(reader, nameKey)) return true;
  return isRetired(reader, retiredNameHash(nameKey));
}

/** What is kept of the name of a deleted account. */
export function retiredNameHash(nameKey: string): string {
  return sha256Hex(`name:${nameKey}`);
}

/** What is said when somebody else has the name already. */
export function nameTaken(name: string): string {
  return `The name ${name} is taken. Choose another one.`;
}

/** Throws AppError conflict for a name that is taken, in the transaction that would give it. */
export async function requireNameFree(tx: Tx, name: string): Promise<void> {
  if (await isNameTaken(tx, name)) throw new AppError('conflict', nameTaken(name));
}
