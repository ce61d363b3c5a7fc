// Worker thread: makes one square picture from one that came from outside, and ends. Whoever started it ends it when
// it takes too long; a decoder that fails takes only this thread with it.
import { parentPort, workerData } from 'node:worker_threads';
import { crop, fliph, flipv, PhotonImage, resize, rotate, SamplingFilter } from '@silvia-odwyer/photon-node';
import type { PictureRequest } from './picture.types.ts';

const JPEG_QUALITY = 88;

function make({ bytes, orientation, side, as }: PictureRequest): Uint8Array {
  const whole = PhotonImage.new_from_byteslice(bytes);
  const [width, height] = [whole.get_width(), whole.get_height()];
  const edge = Math.min(width, height);
  const [left, top] = [Math.floor((width - edge) / 2), Math.floor((height - edge) / 2)];
  const square = crop(whole, left, top, left + edge, top + edge);
  whole.free();
  const small = resize(square, side, side, SamplingFilter.Lanczos3);
  square.free();
  const upright = turn(small, orientation);
  return as === 'png' ? upright.get_bytes() : upright.get_bytes_jpeg(JPEG_QUALITY);
}

/** Turns a picture as EXIF says it is to be seen: 2 to 4 mirror, 5 to 8 also turn a quarter. */
function turn(picture: PhotonImage, orientation: number): PhotonImage {
  if ([2, 4, 5, 7].includes(orientation)) fliph(picture);
  if ([3, 4].includes(orientation)) {
    fliph(picture);
    flipv(picture);
  }
  if ([6, 7].includes(orientation)) return rotate(picture, 90);
  return [5, 8].includes(orientation) ? rotate(picture, 270) : picture;
}

const port = parentPort;
if (!port) throw new Error('picture.worker runs as a worker thread only');
port.postMessage(make(workerData as PictureRequest));
