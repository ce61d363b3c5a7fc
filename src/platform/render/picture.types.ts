// What goes to the worker that makes pictures, and what comes back.

export interface PictureRequest {
  /** The WebAssembly of the image library, for the executable; from sources it is beside the library. */
  wasm: Uint8Array;
  bytes: Uint8Array;
  /** EXIF's orientation, 1 to 8. */
  orientation: number;
  /** Pixels of each side of the square. */
  side: number;
  as: 'png' | 'jpeg';
}

export interface Picture {
  bytes: Buffer;
  mediaType: 'image/png' | 'image/jpeg';
}
