// Collects what was measured, prints each line at once, and writes docs/benchmarks.md.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

interface Row {
  what: string;
  measured: string;
  bound: string;
  met: boolean;
}

export interface Report {
  /** Notes a reading that has a bound. */
  judge(what: string, measured: string, bound: string, met: boolean): void;
  /** Notes a reading for comparison with later runs. */
  tell(what: string, measured: string): void;
  allMet(): boolean;
  save(corpus: string, path?: string): void;
}

/** Opens an empty report. */
export function openReport(): Report {
  const rows: Row[] = [];
  const told: [string, string][] = [];
  const loads = [loadavg()[0] ?? 0];
  return {
    judge(what, measured, bound, met) {
      rows.push({ what, measured, bound, met });
      loads.push(loadavg()[0] ?? 0);
      console.log(`${met ? 'ok  ' : 'MISS'} ${what}: ${measured} (${bound})`);
    },
    tell(what, measured) {
      told.push([what, measured]);
      console.log(`     ${what}: ${measured}`);
    },
    allMet: () => rows.every((row) => row.met),
    save: (corpus, path = 'docs/benchmarks.md') => writeFileSync(path, textOf(rows, told, loads, corpus)),
  };
}

function textOf(rows: Row[], told: [string, string][], loads: number[], corpus: string): string {
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  const [low, high] = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1));
  return `${[
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --save` (with `--issues`, `--pulls` or `--webhooks` for those of issues, pull requests and webhooks), which measures the built executable on this machine. Transfers are compared with',
    'git itself, turn by turn in the same run. Where other work disturbs the machine, read the CPU times and the best turns:',
    'disturbance only adds.',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${git}, load average ${low} to ${high} during the run.`,
    corpus,
    '',
    '| what | measured | bound | |',
    '|---|---|---|---|',
    ...rows.map(
      ({ what, measured, bound, met }) =>
        `| ${what} | ${measured} | ${bound} | ${met ? 'met' : '**missed**'} |`,
    ),
    '',
    '| also | measured |',
    '|---|---|',
    ...told.map(([what, measured]) => `| ${what} | ${measured} |`),
  ].join('\n')}\n`;
}
