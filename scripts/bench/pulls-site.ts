// What the measuring of pull requests asks of the executable: its API as an administrator, its pages as somebody signed
// in, and its rows, by which it is seen at once that something has happened.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { timeCommand } from './measure.ts';
import type { Prepared } from './prepare.ts';
import type { Server } from './server.ts';

const LIMIT_MS = 300_000;
const LOOK_MS = 5;

export interface PullRow {
  headOid: string;
  baseOid: string;
  checkedHeadOid: string | null;
  checkedBaseOid: string | null;
  mergeability: string;
  changedFiles: number;
}

/** What an API request answered, and milliseconds until its last byte. */
export interface Answer {
  body: Record<string, unknown>;
  ms: number;
}

export class Site {
  readonly server: Server;
  /** A session's, for pages as somebody signed in sees them. */
  readonly cookie: string;
  readonly #token: string;
  readonly #db: Database.Database;

  private constructor(server: Server, cookie: string, { token, data }: Prepared) {
    this.server = server;
    this.cookie = cookie;
    this.#token = token;
    this.#db = new Database(join(data, 'opencodehub.db'), { readonly: true });
  }

  static async open(server: Server, prepared: Prepared): Promise<Site> {
    const { name, password } = prepared.login;
    const answer = await fetch(`${server.url}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ login: name, password }),
    });
    const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
    return new Site(server, cookie.join('; '), prepared);
  }

  /** Sends a form of the repository's settings. */
  async form(path: string, fields: Record<string, string>): Promise<void> {
    const answer = await fetch(`${this.server.url}/bench/corpus${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', cookie: this.cookie },
      body: new URLSearchParams(fields),
    });
    if (answer.status !== 303) throw new Error(`${path} answered ${answer.status}`);
  }

  /** Asks the API of the repository. Rejects where it refuses. */
  async api(method: string, path: string, body?: object): Promise<Answer> {
    const began = performance.now();
    const answer = await fetch(`${this.server.url}/api/v1/repos/bench/corpus${path}`, {
      method,
      headers: { authorization: `token ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const ms = performance.now() - began;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return { body: text === '' ? {} : JSON.parse(text), ms };
  }

  /** Opens a pull request; its number, and milliseconds. */
  async propose(head: string, base: string): Promise<{ number: number; ms: number }> {
    const { body, ms } = await this.api('POST', '/pulls', { head, base, title: `Bring ${head}` });
    return { number: Number(body.number), ms };
  }

  /** Pushes refs of a repository on the disk; milliseconds. */
  push(repository: string, ...refspecs: string[]): Promise<number> {
    const url = `${this.server.url.replace('http://', `http://bench:${this.#token}@`)}/bench/corpus.git`;
    return timeCommand('git', ['-C', repository, 'push', '--quiet', url, ...refspecs]);
  }

  pull(number: number): PullRow {
    return this.#db
      .prepare(
        `select head_oid headOid, base_oid baseOid, checked_head_oid checkedHeadOid, checked_base_oid checkedBaseOid,
          mergeability, changed_files changedFiles from pulls where number = ?`,
      )
      .get(number) as PullRow;
  }

  /** How many of these have been merged. */
  countMerged(numbers: readonly number[]): number {
    const marks = numbers.map(() => '?').join(', ');
    const row = this.#db
      .prepare(`select count(*) merged from pulls where merged_at is not null and number in (${marks})`)
      .get(...numbers);
    return (row as { merged: number }).merged;
  }

  /** Milliseconds until rows say so. */
  async until(what: string, isSo: () => boolean): Promise<number> {
    const began = performance.now();
    while (!isSo()) {
      if (performance.now() - began > LIMIT_MS) throw new Error(`${what} took longer than five minutes`);
      await sleep(LOOK_MS);
    }
    return performance.now() - began;
  }

  /** Until no job is left that could run by now. */
  async quiet(): Promise<void> {
    const left = this.#db.prepare(
      "select count(*) open from jobs where state = 'running' or (state = 'waiting' and run_at <= ?)",
    );
    let calm = 0;
    await this.until('the jobs', () => {
      calm = (left.get(Date.now()) as { open: number }).open === 0 ? calm + 1 : 0;
      return calm > 20;
    });
  }

  close(): void {
    this.#db.close();
  }
}

/** Adds one commit of one small file to a branch of a bare repository; its id. */
export function addCommit(repository: string, branch: string, path: string): string {
  const who = 'committer Ada Lovelace <ada@example.org> 1900000000 +0000';
  const text = `${path} ${performance.now()}\n`;
  const input = [
    `commit refs/heads/${branch}\n${who}\ndata 5\nMore\n\nfrom refs/heads/${branch}^0\n`,
    `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`,
  ];
  const options = { encoding: 'utf8', input: input.join('') } as const;
  execFileSync('git', ['-C', repository, 'fast-import', '--quiet'], options);
  return execFileSync('git', ['-C', repository, 'rev-parse', `refs/heads/${branch}`], {
    encoding: 'utf8',
  }).trim();
}
