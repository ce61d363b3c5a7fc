// Names of accounts of every kind: people, bots and organizations share one namespace.
import type { App } from '../../platform/app.types.ts';
import { ACCOUNT_NAME_LENGTH, isName, isReservedName } from './users.input.ts';
import { findByNameKey } from './users.store.ts';

/** What is wrong with the name somebody wants for a new account, as a sentence, or undefined. */
export async function findNameFault(app: App, name: string): Promise<string | undefined> {
  if (name === '') return 'Choose a name.';
  if (name.length > ACCOUNT_NAME_LENGTH) return `A name has at most ${ACCOUNT_NAME_LENGTH} characters.`;
  if (!isName(name))
    return 'Use letters, digits, and single - _ . in between; begin and end the name with a letter or digit.';
  if (isReservedName(name)) return 'This name is reserved. Choose another one.';
  const taken = await findByNameKey(app.db.read, name.toLowerCase());
  return taken ? nameTaken(name) : undefined;
}

/** What is said when somebody else has the name already. */
export function nameTaken(name: string): string {
  return `The name ${name} is taken. Choose another one.`;
}
