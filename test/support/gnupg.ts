// A real GnuPG with a home of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Gnupg {
  /** Its GNUPGHOME. */
  readonly home: string;
  /** Runs gpg; returns what it printed. */
  run(args: string[], input?: string): string;
  /** Makes a key for `name <email>`; returns its fingerprint. `expires` is gpg's, e.g. `seconds=1` or `0`. */
  makeKey(userId: string, options?: { algorithm?: string; usage?: string; expires?: string }): string;
  exported(fingerprint: string): string;
  sign(fingerprint: string, text: string): string;
  close(): void;
}

/** Starts on an empty home; `close` ends its agent and removes it. */
export function openGnupg(): Gnupg {
  // Short: the agent's socket lies in it.
  const home = mkdtempSync(join(tmpdir(), 'gpg-'));
  const env = { PATH: process.env.PATH, GNUPGHOME: home, LC_ALL: 'C' };
  const quiet = ['--batch', '--quiet', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', ''];

  function run(args: string[], input = ''): string {
    return execFileSync('gpg', [...quiet, ...args], { env, input, encoding: 'utf8', stdio: 'pipe' });
  }

  return {
    home,
    run,
    makeKey(userId, { algorithm = 'ed25519', usage = 'sign', expires = '0' } = {}) {
      run(['--quick-gen-key', userId, algorithm, usage, expires]);
      const listed = run(['--list-keys', '--with-colons', `=${userId}`]);
      return [...listed.matchAll(/^fpr:::::::::([0-9A-F]{40}):/gm)][0]?.[1] ?? '';
    },
    exported: (fingerprint) => run(['--armor', '--export', fingerprint]),
    sign: (fingerprint, text) => run(['--armor', '--detach-sign', '--local-user', fingerprint], text),
    close() {
      execFileSync('gpgconf', ['--kill', 'all'], { env });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
