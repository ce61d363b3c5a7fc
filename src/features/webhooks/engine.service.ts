// What one process holds to send: what it knows of hosts, the writer of outcomes, and who is served; and the one try.
import { SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { KeptConnection } from '../../platform/net/kept-connection.ts';
import type { DeliveryRow, Hook, MessageRow } from './hooks.types.ts';
import { type Hosts, openHosts } from './hosts.service.ts';
import { type OutcomeWriter, openOutcomeWriter } from './outcomes.service.ts';
import { send, type Try } from './sending.service.ts';

export interface Engine {
  hosts: Hosts;
  outcomes: OutcomeWriter;
  /** Webhooks that are being served: what comes up meanwhile is found by the run that serves them. */
  serving: Map<number, { again: boolean }>;
}

const engines = new WeakMap<App, Engine>();

/** The engine of an application, made when it is first asked for. */
export function engineOf(app: App): Engine {
  const known = engines.get(app);
  if (known) return known;
  const engine = { hosts: openHosts(app.clock), outcomes: openOutcomeWriter(app), serving: new Map() };
  engines.set(app, engine);
  return engine;
}

export interface Means {
  connection: KeptConnection;
  signal: AbortSignal;
}

/** A delivery with what is to be said. */
export interface Sayable {
  delivery: DeliveryRow;
  message: MessageRow;
}

/** Sends a delivery, and notes what that says of its host. */
export async function trySending(
  app: App,
  engine: Engine,
  hook: Hook,
  { delivery, message }: Sayable,
  means: Partial<Means> & Pick<Means, 'signal'>,
): Promise<Try> {
  const { origin } = new URL(hook.url);
  const stored = { headers: message.requestHeaders, body: Buffer.from(message.requestBody) };
  const came = await send(app, hook, delivery, stored, means);
  if (came.isUnreachable) engine.hosts.missed(origin);
  else if (came.status !== null) engine.hosts.reached(origin);
  app.metrics.webhooks.observe({ outcome: came.outcome }, came.duration / SECOND);
  return came;
}

/** Milliseconds after which who found no place asks again. */
export const NO_PLACE = SECOND;
