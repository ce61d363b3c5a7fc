// The other end of webhooks in the benchmark, in a process of its own: answers at once, or never, and counts what comes,
// in order, out of order, or once more. Prints a line of JSON each second.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** By address: the numbers that came, and the highest of them. */
const seen = new Map<string, { numbers: Set<number>; highest: number }>();
let got = 0;
let disordered = 0;
let repeated = 0;

const lively = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    got += 1;
    const { url = '', headers } = request;
    const number = Number(headers['x-number']);
    const here = seen.get(url) ?? { numbers: new Set<number>(), highest: -1 };
    seen.set(url, here);
    // What is sent again because its answer was late, or got lost, is no disorder.
    if (here.numbers.has(number)) repeated += 1;
    else if (number !== here.highest + 1) disordered += 1;
    here.numbers.add(number);
    here.highest = Math.max(here.highest, number);
    response.writeHead(204).end();
  });
});
/** Takes connections and says nothing. */
const silent = createServer(() => undefined);

const ports = await Promise.all(
  [lively, silent].map(async (server) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }),
);
const tell = () => console.log(JSON.stringify({ ports, got, disordered, repeated }));
tell();
setInterval(tell, 250);
process.on('disconnect', () => process.exit(0));
