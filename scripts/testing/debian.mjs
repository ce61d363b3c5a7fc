// The programs that tests run for real, and the Debian packages they come in.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail } from '../project.mjs';

const PROGRAMS = [
  { package: 'git', present: () => inPath('git') },
  { package: 'git-lfs', present: () => inPath('git-lfs') },
  { package: 'openssh-client', present: () => inPath('ssh') && inPath('ssh-keygen') },
  { package: 'gnupg', present: () => inPath('gpg') },
  { package: 'ssh-audit', present: () => inPath('ssh-audit') },
  { package: 'openssl', present: () => inPath('openssl') },
  { package: 'curl', present: () => inPath('curl') },
  { package: 'dropbear-bin', present: () => inPath('dbclient') },
  { package: 'python3-paramiko', present: () => existsSync('/usr/lib/python3/dist-packages/paramiko') },
  { package: 'postgresql', present: () => versions('/usr/lib/postgresql').some(hasPostgres) },
  { package: 'mariadb-server', present: () => existsSync('/usr/sbin/mariadbd') },
  { package: 'chromium', present: () => existsSync('/usr/bin/chromium') },
];

const POLICY = '/usr/sbin/policy-rc.d';

/** Installs what is missing when allowed to, otherwise ends with the one command that does. */
export function ensureTestPrograms() {
  const missing = PROGRAMS.filter((program) => !program.present()).map((program) => program.package);
  if (missing.length === 0) return;
  const install = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) fail(`the tests need some programs; run: sudo sh -c '${install}'`);
  console.error(`opencodehub: installing ${missing.join(', ')} …`);
  const status = withoutStartingServices(() =>
    spawnSync('sh', ['-c', install], {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }),
  );
  if (status !== 0) fail(`this failed: ${install}`);
}

/** Debian's database packages start their servers unless this file says no; the tests start their own. */
function withoutStartingServices(work) {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return work().status;
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}

function inPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function versions(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function hasPostgres(folder) {
  return existsSync(join(folder, 'bin', 'postgres'));
}
