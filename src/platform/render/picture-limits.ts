// How large an uploaded picture may be; apart from what makes pictures, which is loaded when one is made.

/** Bytes a picture may have when it comes. */
export const MAX_PICTURE_BYTES = 5 * 1024 * 1024;
