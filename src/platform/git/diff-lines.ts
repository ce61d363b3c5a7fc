// Cuts a stream of bytes into lines in bounded memory: of a line that is too long only the beginning is kept.

export interface LineSplitter {
  /** Calls `onLine` for each whole line, without its line feed; `cut` tells that more followed than is kept. */
  push(chunk: Buffer, from: number): void;
  /** A last line without a line feed. */
  end(): void;
}

/** Starts to cut lines, of which `longest` bytes are kept. Lines are views, valid until the call returns. */
export function splitLines(longest: number, onLine: (line: Buffer, cut: boolean) => void): LineSplitter {
  let parts: Buffer[] = [];
  let held = 0;
  let cut = false;

  function hold(part: Buffer): void {
    const room = longest - held;
    if (part.length > room) cut = true;
    // A copy, so that a few bytes do not keep a whole chunk.
    if (room > 0 && part.length > 0) parts.push(Buffer.from(part.subarray(0, room)));
    held += Math.min(room, part.length);
  }

  function finish(): void {
    onLine(Buffer.concat(parts, held), cut);
    parts = [];
    held = 0;
    cut = false;
  }

  return {
    push(chunk, from) {
      let at = from;
      for (let newline = chunk.indexOf(10, at); newline >= 0; newline = chunk.indexOf(10, at)) {
        if (held === 0 && newline - at <= longest) onLine(chunk.subarray(at, newline), false);
        else {
          hold(chunk.subarray(at, newline));
          finish();
        }
        at = newline + 1;
      }
      hold(chunk.subarray(at));
    },
    end() {
      if (held > 0) finish();
    },
  };
}
