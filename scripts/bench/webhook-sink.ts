// The other end of webhooks in the benchmark, in a process of its own: answers at once, or never, and counts what comes,
// in order or not. Prints a line of JSON each second.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const last = new Map<string, number>();
let got = 0;
let disordered = 0;
let repeated = 0;

const lively = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    got += 1;
    const { url = '', headers } = request;
    const number = Number(headers['x-number']);
    const before = last.get(url) ?? -1;
    if (number === before) repeated += 1;
    else if (number < before) disordered += 1;
    last.set(url, number);
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
