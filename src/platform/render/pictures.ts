// Makes square pictures from files that came from outside: looked at before they are decoded, decoded in a thread of
// their own within bounds, and always encoded anew, so that nothing of the bytes that came is ever served.
import { AppError } from '../../base/errors.ts';
import { SECOND } from '../../base/time.ts';
import { resource } from '../runtime/resources.ts';
import { startWorker } from '../runtime/workers.ts';
import type { Picture, PictureRequest } from './picture.types.ts';
import { type PictureHeader, readPictureHeader, withoutExtras } from './picture-header.ts';
import { MAX_PICTURE_BYTES } from './picture-limits.ts';

const MAX_SIDE = 10_000;
/** Bytes its pixels may take: sixteen million of four bytes. */
const MAX_DECODED = 64 * 1024 * 1024;
const TIMEOUT = 15 * SECOND;
/** Pictures that may wait; they are made one after the other, since each may take much memory. */
const MAX_WAITING = 8;

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** A square picture of `side` pixels from the middle of a PNG, JPEG or GIF. Throws AppError invalid, too_large, unavailable. */
export async function makeSquarePicture(bytes: Buffer, side: number): Promise<Picture> {
  if (bytes.length > MAX_PICTURE_BYTES)
    throw new AppError('too_large', 'A picture has at most 5 MiB. Choose a smaller one.');
  const header = readPictureHeader(bytes);
  if (!header) throw new AppError('invalid', 'Choose a picture: a whole PNG, JPEG or GIF file.');
  requireSize(header);
  if (waiting >= MAX_WAITING)
    throw new AppError('unavailable', 'Many pictures are being made right now. Try again shortly.');
  waiting++;
  const turn = last.then(() => makeInWorker(bytes, header, side));
  last = turn.catch(() => undefined);
  return turn.finally(() => {
    waiting--;
  });
}

/** Before a byte is decoded: a small file may claim to be a wall. */
function requireSize({ width, height, pixelBytes }: PictureHeader): void {
  if (width === 0 || height === 0) throw new AppError('invalid', 'This picture has no pixels.');
  const isLarge = width > MAX_SIDE || height > MAX_SIDE || width * height * pixelBytes > MAX_DECODED;
  if (isLarge)
    throw new AppError(
      'too_large',
      `This picture has ${width} × ${height} pixels. Choose one of 16 million at most.`,
    );
}

function makeInWorker(bytes: Buffer, header: PictureHeader, side: number): Promise<Picture> {
  const as = header.type === 'jpeg' ? 'jpeg' : 'png';
  const request: PictureRequest = {
    wasm: resource('wasm/photon_rs_bg.wasm'),
    bytes: withoutExtras(bytes, header),
    orientation: header.orientation,
    side,
    as,
  };
  return new Promise((resolve, reject) => {
    const worker = startWorker('picture', request, { heapMegabytes: 64 });
    const end = (settle: () => void) => {
      clearTimeout(timer);
      void worker.terminate();
      settle();
    };
    const refuse = () =>
      end(() => reject(new AppError('invalid', 'This picture is damaged. Choose another one.')));
    const timer = setTimeout(refuse, TIMEOUT);
    worker.once('message', (made: Uint8Array) =>
      end(() => resolve({ bytes: Buffer.from(made), mediaType: `image/${as}` })),
    );
    worker.once('error', refuse);
    worker.once('exit', refuse);
  });
}
