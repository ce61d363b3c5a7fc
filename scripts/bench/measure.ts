// Timing of commands and pages.
import { spawn } from 'node:child_process';
import http from 'node:http';
import { performance } from 'node:perf_hooks';

/** Runs a command to its end; milliseconds. Rejects when it fails. */
export function timeCommand(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((done, fail) => {
    const began = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-2000);
    });
    child.on('exit', (code) =>
      code === 0
        ? done(performance.now() - began)
        : fail(new Error(`${command} ${args.join(' ')}: ${errors}`)),
    );
  });
}

/** Asks for a page over a kept-alive connection; milliseconds until its last byte. */
export function timePage(agent: http.Agent, url: string): Promise<number> {
  return new Promise((done, fail) => {
    const began = performance.now();
    const request = http.get(url, { agent }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        answer.statusCode === 200
          ? done(performance.now() - began)
          : fail(new Error(`${url} answered ${answer.statusCode}`)),
      );
    });
    request.on('error', fail);
  });
}

/** As `timePage`, until the first byte of its body; the rest is read all the same. Headers go along. */
export function timeFirstByte(url: string, headers: http.OutgoingHttpHeaders = {}): Promise<number> {
  return new Promise((done, fail) => {
    const began = performance.now();
    let first = Number.NaN;
    const request = http.get(url, { agent: false, headers }, (answer) => {
      answer.once('data', () => {
        first = performance.now() - began;
      });
      answer.on('data', () => undefined);
      answer.on('end', () =>
        answer.statusCode === 200 ? done(first) : fail(new Error(`${url} answered ${answer.statusCode}`)),
      );
    });
    request.on('error', fail);
  });
}

/** Loads a page over several connections for a time; every latency in milliseconds, and the number of errors. */
export async function loadPage(
  url: string,
  connections: number,
  seconds: number,
): Promise<{ times: number[]; errors: number }> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const until = performance.now() + seconds * 1000;
  const times: number[] = [];
  let errors = 0;
  const visit = async () => {
    while (performance.now() < until) {
      await timePage(agent, url).then(
        (ms) => times.push(ms),
        () => errors++,
      );
    }
  };
  await Promise.all(Array.from({ length: connections }, visit));
  agent.destroy();
  return { times, errors };
}

/** The value below which a share (0 to 1) of the readings lies. */
export function quantile(readings: number[], share: number): number {
  const sorted = readings.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (readings: number[]): number => quantile(readings, 0.5);
