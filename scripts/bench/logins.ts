// Whether people who sign in slow down those who read: pages with and without 200 sign-ins a minute.
import http from 'node:http';
import { median, quantile, timePage } from './measure.ts';
import type { Report } from './report.ts';
import type { Server } from './server.ts';

const LOGINS_PER_MINUTE = 200;
const PAGES_PER_SECOND = 40;

export interface Login {
  name: string;
  password: string;
}

/** Pages come at a steady pace throughout; turns with and without sign-ins alternate, so that disturbance hits both. */
export async function measureLogins(
  report: Report,
  server: Server,
  page: string,
  login: Login,
  quick: boolean,
): Promise<void> {
  const calm: number[] = [];
  const busy: number[] = [];
  const seconds = quick ? 5 : 15;
  let signedIn = 0;
  for (let turn = 0; turn < 3; turn++) {
    calm.push(...(await visitSteadily(server.url + page, seconds)));
    const stop = signInSteadily(server.url, login, () => signedIn++);
    busy.push(...(await visitSteadily(server.url + page, seconds)));
    await stop();
  }
  const [without, with_] = [quantile(calm, 0.99), quantile(busy, 0.99)];
  const expected = Math.floor((LOGINS_PER_MINUTE / 60) * seconds * 3 * 0.9);
  report.judge(
    `pages beside ${LOGINS_PER_MINUTE} sign-ins a minute`,
    `p99 ${with_.toFixed(1)} ms, without ${without.toFixed(1)} ms (${(with_ / without).toFixed(2)}x); ` +
      `p50 ${median(busy).toFixed(1)} and ${median(calm).toFixed(1)} ms; ${signedIn} sign-ins`,
    'p99 <= 2x of that without',
    with_ <= 2 * without && signedIn >= expected,
  );
}

async function visitSteadily(url: string, seconds: number): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const running: Promise<number>[] = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    running.push(timePage(agent, url));
    await new Promise((done) => setTimeout(done, 1000 / PAGES_PER_SECOND));
  }
  const times = await Promise.all(running);
  agent.destroy();
  return times;
}

/** Signs in again and again until the function returned is called, which waits for those under way. */
function signInSteadily(url: string, login: Login, onSignedIn: () => void): () => Promise<void> {
  const running: Promise<void>[] = [];
  const timer = setInterval(() => {
    running.push(signIn(url, login).then(onSignedIn));
  }, 60_000 / LOGINS_PER_MINUTE);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
  };
}

async function signIn(url: string, { name, password }: Login): Promise<void> {
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ login: name, password }),
  });
  if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
}
