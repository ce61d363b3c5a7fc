// Browsers an account has signed in from, told apart by a long-lived cookie: a sign-in from any other is told of by
// mail, and a known one is not slowed by guesses made elsewhere.
import { sha256Hex } from '../../base/crypto.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Client } from './clients.types.ts';
import {
  findDevice,
  keepDevice,
  listDeviceIds,
  removeDevice,
  removeDevicesOf,
  removeUnseen,
} from './devices.store.ts';

const MOST_PER_USER = 50;
const KEPT = 400 * DAY;

/** What an event says of the browser somebody signed in with. */
export interface NotedDevice {
  /** Others are known and this one is not; the first one of an account is nobody's surprise. */
  isNewDevice: boolean;
  /** Its User-Agent. */
  device: string;
}

/** Notes, in the transaction that opens a session, which browser it belongs to. */
export async function noteDevice(app: App, tx: Tx, userId: number, client: Client): Promise<NotedDevice> {
  const device = client.userAgent.slice(0, 200);
  if (client.device === undefined) return { isNewDevice: false, device };
  const deviceHash = hashOf(userId, client.device);
  const others = await listDeviceIds(tx, userId);
  const isKnown = (await findDevice(tx, userId, deviceHash)) !== undefined;
  await keepDevice(tx, userId, deviceHash, app.clock.now());
  for (const id of others.slice(MOST_PER_USER - 1)) await removeDevice(tx, id);
  return { isNewDevice: !isKnown && others.length > 0, device };
}

/** The id of the browser, if the account has signed in from it before; for limits. */
export async function knownDeviceOf(app: App, userId: number, client: Client): Promise<number | undefined> {
  const device = await findDevice(app.db.read, userId, hashOf(userId, client.device ?? ''));
  return client.device === undefined ? undefined : device?.id;
}

/** Makes every browser of an account an unknown one again. */
export async function forgetDevices(tx: Tx, userId: number): Promise<void> {
  await removeDevicesOf(tx, userId);
}

/** Forgets browsers that have not been seen for longer than their cookie lives. */
export async function purgeDevices(app: App): Promise<void> {
  await app.db.write((tx) => removeUnseen(tx, app.clock.now() - KEPT));
}

/** Two accounts at one browser have nothing in common in the database. */
function hashOf(userId: number, device: string): string {
  return sha256Hex(`${userId} ${device}`);
}
