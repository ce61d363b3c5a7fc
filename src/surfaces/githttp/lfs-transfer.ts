// The bytes of large files, in and out (git-lfs, docs/api/basic-transfers.md), streamed both ways.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, notFound } from '../../base/errors.ts';
import { parseRange } from '../../features/code/byte-ranges.service.ts';
import {
  findLfsObject,
  readLfsObject,
  requireAllowedSize,
  storeLfsObject,
} from '../../features/lfs/lfs-objects.service.ts';
import { takePlace } from '../../platform/cache/places.ts';
import { type LfsCall, openForLfs, readLfsJson, sendLfsJson } from './lfs-call.ts';
import { awaitsContinue, bodyOf } from './request-body.ts';
import { idleWatch } from './response-body.ts';

/** Takes an object's content. */
export async function takeObject(call: LfsCall, stop: AbortController): Promise<void> {
  const { app, request, response, route } = call;
  const open = await openForLfs(call, 'upload');
  requireAllowedSize(app, route.size);
  const announced = request.headers['content-length'];
  if (
    announced !== undefined &&
    request.headers['content-encoding'] === undefined &&
    Number(announced) !== route.size
  )
    throw new AppError('invalid', 'The body does not have the size of the object.');
  const giveBack = takePlace(call, 'download');
  const idle = idleWatch(app.config.git.idle_timeout_seconds * 1000, () => stop.abort());
  try {
    const body = bodyOf(request);
    if (awaitsContinue(request)) response.writeContinue();
    await storeLfsObject(app, open, { oid: route.oid, size: route.size }, watched(body, idle.progress));
    response.writeHead(200, { 'Content-Length': '0' });
    response.end();
  } finally {
    idle.end();
    giveBack();
  }
}

async function* watched(body: Readable, onProgress: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    onProgress();
    yield chunk;
  }
}

/** Sends an object's content, or a range of it. */
export async function sendObject(call: LfsCall, stop: AbortController): Promise<void> {
  const { app, request, response, route } = call;
  const open = await openForLfs(call, 'download');
  const found = await findLfsObject(app, open, route.oid);
  if (!found) throw notFound('object');
  const tag = `"${route.oid}"`;
  const range = parseRange(request.headers.range, found.size, request.headers['if-range'] as string, tag);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${found.size}`, 'Content-Length': '0' });
    response.end();
    return;
  }
  const { from, to } = range ?? { from: 0, to: found.size };
  const giveBack = takePlace(call, 'download');
  const idle = idleWatch(app.config.git.idle_timeout_seconds * 1000, () => stop.abort());
  try {
    response.writeHead(range ? 206 : 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment',
      'Content-Length': String(to - from),
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'private, no-cache',
      ETag: tag,
      ...(range ? { 'Content-Range': `bytes ${from}-${to - 1}/${found.size}` } : {}),
    });
    if (request.method === 'HEAD' || from === to) response.end();
    else {
      const content = Readable.from(readLfsObject(app, found, { start: from, end: to - 1 }));
      content.on('data', idle.progress);
      await pipeline(content, response, { signal: stop.signal });
    }
  } finally {
    idle.end();
    giveBack();
  }
}

/** Says whether an object has arrived. */
export async function answerVerify(call: LfsCall): Promise<void> {
  const { oid, size } = await readLfsJson(call);
  const open = await openForLfs(call, 'upload');
  const found = typeof oid === 'string' ? await findLfsObject(call.app, open, oid) : undefined;
  if (!found || found.size !== size) throw new AppError('not_found', 'This repository has no such object.');
  sendLfsJson(call.response, 200, {});
}
