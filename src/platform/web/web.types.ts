// What every web request knows, and how rooms list their routes.
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { Actor } from '../../base/actor.ts';
import type { ApiDescription } from '../api/description.ts';
import type { App } from '../app.types.ts';
import type { CsrfBinding } from './csrf-token.ts';

export interface WebSession {
  id: number;
  /** When its person last proved who they are, milliseconds since 1970. */
  provenAt: number;
  /** Whether they gave a second factor when they signed in. */
  hasSecondFactor: boolean;
}

export interface WebEnv {
  Bindings: HttpBindings;
  Variables: {
    app: App;
    requestId: string;
    actor: Actor;
    /** The session the request came with, if its cookie was good. */
    session: WebSession | undefined;
    /** The client's address, after trusted proxies. */
    address: string;
    /** Whether the client's connection is HTTPS, after trusted proxies. */
    secure: boolean;
    /** The host the client asked for, with its port, after trusted proxies. */
    host: string;
    /** The token that forms carry in the field `csrf`. */
    csrf: string;
    /** What that token is bound to; set by the surface. */
    csrfBinding?: CsrfBinding;
    /** Whether the person at the page was told of something they have not read. */
    hasUnread?: boolean;
    /** The text of the page being answered, which the surface tags and compresses. */
    html?: string;
    /** Likewise of JSON, with its tag, where it was made before. */
    json?: { text: string; tag: string };
    /** The route's pattern, for logs and metrics. */
    route: string;
    /** What the route of the API says of itself. */
    api?: ApiDescription | undefined;
  };
}

export type WebContext = Context<WebEnv>;
export type WebApp = Hono<WebEnv>;

/** One route: its access is judged by the room's gate before the handler runs. */
export interface Route<A extends string, R> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  access: A;
  /** A dangerous act: asks a session whose proof is old to prove again, after the gate and before the handler. */
  sudo?: true;
  /** Also for accounts that must set up a second factor (or a new password) before anything else. */
  whilePending?: true;
  /** Costs git much work: waits for the client's turn, see expensive.ts. Handlers that stream use `streamInTurn` instead. */
  expensive?: true;
  /** Reads its body as it comes, of any length: the handler bounds it. Forms are bounded as everywhere. */
  streams?: true;
  /**
   * GET routes whose answer is made from rows alone (no git, no clock) and depends on nothing but the address and who asks:
   * it is kept, with the gate's verdict, until any row changes. See kept-answers.ts.
   */
  rowsOnly?: true;
  /** Routes of the REST API: what the document, the reference and the checks of bodies and answers are made from. */
  api?: ApiDescription;
  handler(c: WebContext, resource: R): Response | Promise<Response>;
}

/** Judges a request; throws AppError, answers by itself (a redirect), or yields what the handler works on. */
export type Gate<A extends string, R> = (c: WebContext, access: A) => Promise<R | Response>;
