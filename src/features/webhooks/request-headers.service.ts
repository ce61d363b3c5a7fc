// The headers of a delivery besides those that name its event: who sends it, its id, and its signatures.
import { createHmac } from 'node:crypto';
import { VERSION } from '../../platform/runtime/version.ts';
import type { DeliveryRow, Hook } from './hooks.types.ts';

/** What is kept of a message before it is sent. */
export interface StoredRequest {
  headers: Record<string, string>;
  body: Buffer;
}

const FORM = 'application/x-www-form-urlencoded';

/** All headers of a request but the secret ones. */
export function requestHeaders(
  hook: Hook,
  delivery: Pick<DeliveryRow, 'uuid'>,
  { headers, body }: StoredRequest,
): Record<string, string> {
  const sent = { 'User-Agent': `OpenCodeHub/${VERSION}`, Accept: '*/*', ...headers };
  if (hook.format === 'gitea') return { ...sent, ...giteaHeaders(hook, delivery.uuid, headers, body) };
  if (hook.format === 'github') return { ...sent, ...githubHeaders(hook, delivery.uuid, body) };
  return sent;
}

/** Never kept, and never sent to another host. */
export function secretHeaders(hook: Hook): Record<string, string> {
  return hook.authorization === '' ? {} : { Authorization: hook.authorization };
}

function giteaHeaders(
  hook: Hook,
  uuid: string,
  headers: Record<string, string>,
  body: Buffer,
): Record<string, string> {
  const ids = { 'X-Gitea-Delivery': uuid, 'X-Gogs-Delivery': uuid, 'X-GitHub-Delivery': uuid };
  if (hook.secret === '') return ids;
  // Gitea signs the JSON, also where it is sent as a field of a form.
  const signed = signaturesOf(hook.secret, isForm(headers) ? payloadOf(body) : body);
  return {
    ...ids,
    'X-Gitea-Signature': signed.sha256,
    'X-Gogs-Signature': signed.sha256,
    'X-Hub-Signature': `sha1=${signed.sha1}`,
    'X-Hub-Signature-256': `sha256=${signed.sha256}`,
  };
}

function githubHeaders(hook: Hook, uuid: string, body: Buffer): Record<string, string> {
  const target = hook.scope === 'site' ? 'integration' : hook.scope;
  const of = {
    'X-GitHub-Delivery': uuid,
    'X-GitHub-Hook-ID': String(hook.id),
    'X-GitHub-Hook-Installation-Target-Type': target,
    'X-GitHub-Hook-Installation-Target-ID': String(hook.repositoryId ?? hook.ownerId ?? 0),
  };
  if (hook.secret === '') return of;
  const signed = signaturesOf(hook.secret, body);
  return {
    ...of,
    'X-Hub-Signature': `sha1=${signed.sha1}`,
    'X-Hub-Signature-256': `sha256=${signed.sha256}`,
  };
}

function isForm(headers: Record<string, string>): boolean {
  return headers['Content-Type']?.startsWith(FORM) ?? false;
}

function payloadOf(body: Buffer): Buffer {
  return Buffer.from(new URLSearchParams(body.toString('utf8')).get('payload') ?? '', 'utf8');
}

function signaturesOf(secret: string, body: Buffer): { sha1: string; sha256: string } {
  const hmac = (algorithm: string) => createHmac(algorithm, secret).update(body).digest('hex');
  return { sha1: hmac('sha1'), sha256: hmac('sha256') };
}
