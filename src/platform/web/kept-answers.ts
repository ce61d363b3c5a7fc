// Answers of the API that are made from rows alone, kept until any row changes. Tools ask the same over and over; what
// the gate and the handler would find is the same as long as no row is another one, so both are part of what is kept.
import { hash } from 'node:crypto';
import type { App } from '../app.types.ts';
import { openRowMemory, type RowMemory } from '../db/row-memory.ts';
import type { WebContext } from './web.types.ts';

interface Kept {
  text: string;
  tag: string;
  headers: [string, string][];
}

const BYTES = 8 * 1024 * 1024;
const memories = new WeakMap<App, RowMemory<Kept>>();

function memoryOf(app: App): RowMemory<Kept> {
  let memory = memories.get(app);
  if (!memory) {
    // Strings take up to two bytes a character, and the rest some hundred.
    memory = openRowMemory<Kept>(app, 'answers', BYTES, ({ text }) => 2 * text.length + 512);
    memories.set(app, memory);
  }
  return memory;
}

/** Anything but JSON with status 200, which is not kept. */
class Other extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super('not kept');
    this.response = response;
  }
}

/** The answer to a GET request as `make` gives it, or gave it before as long as no row has changed. */
export async function keptAnswer(c: WebContext, make: () => Promise<Response>): Promise<Response> {
  const { app } = c.var;
  try {
    const kept = await memoryOf(app).recall(keyOf(c), async () => readAnswer(await make()));
    c.set('json', kept);
    return new Response(kept.text, { headers: kept.headers });
  } catch (error) {
    if (error instanceof Other) return error.response;
    throw error;
  }
}

/** Everything besides rows that an answer may depend on. */
function keyOf(c: WebContext): string {
  const { app, actor } = c.var;
  const who = { ...actor, address: undefined };
  const url = new URL(c.req.url);
  return `${app.publicUrl()} ${app.sshCloneBase() ?? ''} ${JSON.stringify(who)} ${url.pathname}${url.search}`;
}

/** Headers that were there before the answer was made: they are of one request, and of the origin that it came from. */
const OF_REQUEST = /^(?:access-control-|x-ratelimit-|vary$)/i;

async function readAnswer(answer: Response): Promise<Kept> {
  const type = answer.headers.get('content-type') ?? '';
  if (answer.status !== 200 || !type.startsWith('application/json')) throw new Other(answer);
  const text = await answer.text();
  const tag = `W/"${hash('sha256', text, 'base64url').slice(0, 27)}"`;
  const headers = [...answer.headers].filter(([name]) => !OF_REQUEST.test(name));
  return { text, tag, headers };
}
