// Asks one address over and over from a process of its own, so that asking takes nothing from the answering:
// node scripts/bench/api-load.ts <url> <token> <connections> <seconds>. Prints how many answers came, and how quick.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { quantile } from './measure.ts';

const [address = '', token = '', connections = '1', seconds = '1'] = process.argv.slice(2);
const url = new URL(address);
const request = Buffer.from(
  `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: token ${token}\r\n\r\n`,
);
const until = performance.now() + Number(seconds) * 1000;
const times: number[] = [];
let failures = 0;

/** One connection that asks again as soon as an answer has come whole. */
function visit(): Promise<void> {
  return new Promise((done) => {
    const socket = connect(Number(url.port), url.hostname);
    let began = 0;
    let held = Buffer.alloc(0);
    const ask = () => {
      if (performance.now() >= until) return void socket.end();
      began = performance.now();
      socket.write(request);
    };
    socket.on('connect', ask);
    socket.on('data', (chunk) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const length = answerLength(held);
      if (length === undefined || held.length < length) return;
      times.push(performance.now() - began);
      if (!held.subarray(0, 12).equals(OK)) failures += 1;
      held = held.subarray(length);
      ask();
    });
    socket.on('close', () => done());
    socket.on('error', () => {
      failures += 1;
    });
  });
}

const OK = Buffer.from('HTTP/1.1 200');
const END = Buffer.from('\r\n\r\n');

/** Bytes of an answer with its head; undefined while the head has not come, or where no length is told. */
function answerLength(held: Buffer): number | undefined {
  const end = held.indexOf(END);
  if (end === -1) return undefined;
  const length = /content-length: (\d+)/i.exec(held.toString('latin1', 0, end))?.[1];
  return length === undefined ? undefined : end + END.length + Number(length);
}

await Promise.all(Array.from({ length: Number(connections) }, visit));
const report = { count: times.length, failures, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
process.stdout.write(`${JSON.stringify(report)}\n`);
