// Writes loose objects as bytes, also those that git itself would refuse to write.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createDeflate, deflateSync } from 'node:zlib';

export interface RawEntry {
  mode: string;
  name: string | Buffer;
  oid: string;
}

const PERSON = 'Eve <eve@example.org> 1700000000 +0000';

/** Writes into the repository at a directory; ids are those of sha1. */
export class RawObjects {
  readonly #objects: string;

  constructor(repository: string) {
    this.#objects = join(repository, 'objects');
  }

  write(type: string, data: string | Buffer): string {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data);
    const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
    const oid = createHash('sha1').update(whole).digest('hex');
    const path = this.#pathOf(oid);
    if (!existsSync(path)) writeFileSync(path, deflateSync(whole));
    return oid;
  }

  blob(data: string | Buffer): string {
    return this.write('blob', data);
  }

  /** A tree of these entries exactly, in this order. */
  tree(entries: readonly RawEntry[]): string {
    const parts = entries.flatMap(({ mode, name, oid }) => [
      Buffer.from(`${mode} `),
      Buffer.isBuffer(name) ? name : Buffer.from(name),
      Buffer.from([0]),
      Buffer.from(oid, 'hex'),
    ]);
    return this.write('tree', Buffer.concat(parts));
  }

  commit(
    tree: string,
    options: { parents?: string[]; message?: string | Buffer; person?: string } = {},
  ): string {
    const { parents = [], message = 'Set a trap\n', person = PERSON } = options;
    const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`)];
    const head = `${[...lines, `author ${person}`, `committer ${person}`].join('\n')}\n\n`;
    return this.write('commit', Buffer.concat([Buffer.from(head), Buffer.from(message)]));
  }

  /** A blob of that many zeros, without holding it. */
  async zeros(size: number): Promise<string> {
    const hash = createHash('sha1');
    const deflate = createDeflate({ level: 1 });
    const fresh = join(this.#objects, 'fresh');
    const file = openSync(fresh, 'w');
    deflate.on('data', (chunk: Buffer) => writeSync(file, chunk));
    const feed = async (bytes: Buffer) => {
      hash.update(bytes);
      if (!deflate.write(bytes)) await new Promise((done) => deflate.once('drain', done));
    };
    await feed(Buffer.from(`blob ${size}\0`));
    const block = Buffer.alloc(4 * 1024 * 1024);
    for (let left = size; left > 0; left -= block.length)
      await feed(left < block.length ? block.subarray(0, left) : block);
    await new Promise<void>((done) => deflate.once('end', done).end());
    closeSync(file);
    const oid = hash.digest('hex');
    renameSync(fresh, this.#pathOf(oid));
    return oid;
  }

  #pathOf(oid: string): string {
    const path = join(this.#objects, oid.slice(0, 2), oid.slice(2));
    mkdirSync(dirname(path), { recursive: true });
    return path;
  }
}
