// Sends the bundle of a repository to whoever may clone it.
import type { ServerResponse } from 'node:http';
import { notFound } from '../../base/errors.ts';
import { bundleOf } from '../../features/repos/bundles.service.ts';
import type { OpenTransport } from '../../features/repos/transport.service.ts';
import type { App } from '../../platform/app.types.ts';
import { NEVER_CACHED } from './git-answers.ts';
import { sendChunks } from './shared-clones.ts';

/** Answers with the bundle. Throws AppError not_found where there is none. Returns the bytes sent. */
export async function sendBundle(
  app: App,
  { dir, repository }: OpenTransport,
  response: ServerResponse,
  onProgress: () => void,
): Promise<number> {
  const bundle = await bundleOf(app, { dir, defaultBranch: repository.defaultBranch });
  if (!bundle) throw notFound('bundle');
  const length = bundle.size === undefined ? {} : { 'Content-Length': String(bundle.size) };
  const headers = { ...NEVER_CACHED, 'Content-Type': 'application/x-git-bundle', ...length };
  return sendChunks(bundle.chunks, response, { headers, onProgress });
}
