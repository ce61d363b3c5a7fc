// Starts git with its clean environment, counted and timed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.schema.ts';
import type { DataPaths } from '../config/data-directory.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { GitProcess, ResourceLimits, RunOptions, RunResult, SpawnOptions } from './git.types.ts';
import { awaitFormerHelpers, forgetHelper, noteHelper } from './helper-trace.ts';
import { gitEnvironment, processEnvironment } from './process-environment.ts';
import { runProcess } from './run.ts';
import { openSpawner } from './spawner.ts';

export interface GitPrograms {
  spawn(args: readonly string[], options?: SpawnOptions): Promise<GitProcess>;
  run(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Runs another program, e.g. mkfifo, in the same clean environment. */
  runOther(command: string, args: readonly string[]): Promise<RunResult>;
  close(): Promise<void>;
}

export interface GitProgramOptions {
  config: Config;
  paths: DataPaths;
  log: Log;
  metrics: Metrics;
}

/** Starts the spawn helper, once the helper of a crashed predecessor has ended. */
export async function openGitPrograms(options: GitProgramOptions): Promise<GitPrograms> {
  const { config, paths, log, metrics } = options;
  const home = join(paths.cache, 'git-home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const trace = join(paths.cache, 'git-helpers');
  await awaitFormerHelpers(trace);
  const spawner = await openSpawner({
    directory: paths.runtime,
    log,
    onHelper: (pid) => noteHelper(trace, pid),
  });
  const shared = gitEnvironment(home);
  const binary = config.git.binary;

  async function start(command: string, args: readonly string[], options: SpawnOptions, stdin: boolean) {
    const own = options.merged ? merged(command, args) : { command, args };
    const limits = options.limits ?? (command === binary ? READING[subcommandOf(args)] : undefined);
    const child = await spawner.start({
      ...limited(own.command, own.args, limits),
      env: processEnvironment(shared, options),
      stdin,
      background: options.background ?? (command === binary && YIELDING.has(subcommandOf(args))),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    measure(child, metrics, command === binary ? subcommandOf(args) : command);
    return child;
  }

  return {
    spawn: (args, options = {}) => start(binary, args, options, true),
    run: (args, options = {}) =>
      runProcess(
        (signal) => start(binary, args, { ...options, signal }, options.input !== undefined),
        `git ${subcommandOf(args)}`,
        options,
      ),
    runOther: (command, args) => runProcess((signal) => start(command, args, { signal }, false), command, {}),
    close: async () => {
      await spawner.close();
      forgetHelper(trace);
    },
  };
}

const MEBIBYTE = 1024 ** 2;
const COMPARING: ResourceLimits = { dataBytes: 512 * MEBIBYTE, cpuSeconds: 120 };
const PACKING: ResourceLimits = { dataBytes: 1024 * MEBIBYTE, cpuSeconds: 3600 };

/**
 * What programs may take that visitors start and that list a whole tree in memory. A tree may hold the same tree twenty
 * times, ten levels deep: a few kilobytes in the repository, and more files than any machine can list.
 */
const READING: Readonly<Record<string, ResourceLimits>> = {
  'diff-tree': COMPARING,
  'format-patch': COMPARING,
  'ls-tree': COMPARING,
  'rev-list': COMPARING,
  archive: PACKING,
  'upload-archive': PACKING,
};

/** What pages wait for that take long: everything else on the machine goes first, above all the server itself. */
const YIELDING: ReadonlySet<string> = new Set([
  'archive',
  'blame',
  'diff-tree',
  'for-each-ref',
  'format-patch',
  'log',
  'ls-tree',
  'rev-list',
]);

// setrlimit(2) is within reach of a shell only. The script is constant; program and arguments are its parameters.
const LIMITING = 'ulimit -d "$1" && ulimit -t "$2" && shift 2 && exec "$@"';

const MERGING = 'exec "$@" 2>&1';

function merged(command: string, args: readonly string[]) {
  return { command: '/bin/sh', args: ['-c', MERGING, 'sh', command, ...args] };
}

function limited(command: string, args: readonly string[], limits: ResourceLimits | undefined) {
  if (!limits) return { command, args };
  const [kilobytes, seconds] = [Math.floor(limits.dataBytes / 1024), limits.cpuSeconds].map(String);
  return {
    command: '/bin/sh',
    args: ['-c', LIMITING, 'sh', kilobytes ?? '', seconds ?? '', command, ...args],
  };
}

function subcommandOf(args: readonly string[]): string {
  return args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c') ?? 'git';
}

function measure(child: GitProcess, metrics: Metrics, command: string): void {
  metrics.gitProcesses.inc();
  const stop = metrics.gitSeconds.startTimer({ command });
  void child.exited.then(() => {
    metrics.gitProcesses.dec();
    stop();
  });
}
