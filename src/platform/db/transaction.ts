// One running transaction: which statements it still accepts, and what happens once it is durable.
import { AppError } from '../../base/errors.ts';
import type { Dialect, Tx } from './db.types.ts';
import { isUniqueViolation } from './driver-errors.ts';
import { openReader } from './drizzle-session.ts';
import type { Execute } from './engines/engine.types.ts';

export interface Transaction {
  readonly tx: Tx;
  readonly isOpen: boolean;
  readonly afterCommit: (() => void)[];
  /** The first failure of a statement: like PostgreSQL, every engine refuses all that follows and the commit. */
  readonly failure: unknown;
  /** Refuses every further statement. */
  end(): void;
  /** Runs an insert whose unique violation does not doom the transaction. */
  tolerateDuplicate<T>(insert: () => Promise<T>): Promise<T>;
}

const transactions = new WeakMap<object, Transaction>();

/** The transaction behind a handle; throws when the handle is not one. */
export function transactionOf(tx: Tx): Transaction {
  const transaction = transactions.get(tx);
  if (!transaction) throw new Error('This handle is not a transaction of db.write.');
  return transaction;
}

/** Makes the handle for one attempt at a transaction. */
export function openTransaction(dialect: Dialect, execute: Execute): Transaction {
  let failure: unknown;
  let isOpen = true;
  let tolerant = false;

  const guarded: Execute = async (sql, params) => {
    if (!isOpen) throw new Error('This transaction is over: every query must be awaited inside db.write.');
    if (failure) throw failure;
    try {
      return await execute(sql, params);
    } catch (error) {
      if (!(tolerant && isUniqueViolation(error))) failure = error;
      throw error;
    }
  };

  const transaction: Transaction = {
    tx: Object.assign(openReader(dialect, guarded), { isTransaction: true as const }),
    afterCommit: [],
    get isOpen() {
      return isOpen;
    },
    get failure() {
      return failure;
    },
    end() {
      isOpen = false;
    },
    async tolerateDuplicate(insert) {
      tolerant = true;
      try {
        return await insert();
      } finally {
        tolerant = false;
      }
    },
  };
  transactions.set(transaction.tx, transaction);
  return transaction;
}

/** Runs `work` but gives up after `limitMs`, so that a callback which never settles holds no lock for ever. */
export async function withinLimit<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const seconds = Math.round(limitMs / 1000);
      const cause = new Error(`A transaction did not finish within ${seconds} s and was rolled back.`);
      reject(new AppError('unavailable', 'The database was busy for too long. Try again.', { cause }));
    }, limitMs);
  });
  // The loser of the race may reject later; nobody waits for it any more.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
