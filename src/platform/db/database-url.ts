// Reads database.url. Error messages never repeat the URL, since it holds a password.
import { AppError } from '../../base/errors.ts';
import type { Dialect } from './db.types.ts';

/** Where a PostgreSQL or MySQL server is and how to sign in. */
export interface ServerAddress {
  dialect: Exclude<Dialect, 'sqlite'>;
  host: string;
  port: number;
  /** A unix socket (MySQL) or the directory that holds it (PostgreSQL), instead of host and port. */
  socket: string | undefined;
  user: string;
  password: string;
  database: string;
  tls: 'off' | 'unverified' | 'verified';
}

const SCHEMES: Readonly<Record<string, Exclude<Dialect, 'sqlite'>>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
};
const PORTS = { postgres: 5432, mysql: 3306 } as const;
const PARAMETERS = ['socket', 'tls'];
const TLS_MODES = ['off', 'unverified', 'verified'] as const;

/** The dialect a `database.url` asks for; empty means SQLite. Throws AppError invalid. */
export function dialectOfUrl(url: string): Dialect {
  return url === '' ? 'sqlite' : parseDatabaseUrl(url).dialect;
}

/**
 * Parses `postgres://user:password@host:port/name` and `mysql://…`, with `?socket=/path` for a unix socket and
 * `?tls=verified|unverified|off` (default off). Throws AppError invalid.
 */
export function parseDatabaseUrl(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const dialect = url && SCHEMES[url.protocol];
  if (!url || !dialect) {
    throw mistake('must be empty, or postgres://user:password@host/name, or mysql://user:password@host/name');
  }
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.includes(name)) throw mistake(`has an unknown parameter "${name}"; known: socket, tls`);
  }
  const database = decoded(url.pathname.slice(1), 'database name');
  if (database === '' || database.includes('/')) throw mistake('must end in /name, the name of the database');
  const socket = url.searchParams.get('socket') ?? undefined;
  if (socket === undefined && url.hostname === '') throw mistake('names no host');
  return {
    dialect,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? PORTS[dialect] : Number(url.port),
    socket,
    user: decoded(url.username, 'user name'),
    password: decoded(url.password, 'password'),
    database,
    tls: tlsMode(url.searchParams.get('tls')),
  };
}

function tlsMode(text: string | null): ServerAddress['tls'] {
  const mode = TLS_MODES.find((each) => each === (text ?? 'off'));
  if (!mode) throw mistake('has an unknown tls mode; known: off, unverified, verified');
  return mode;
}

function decoded(part: string, what: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw mistake(`has a ${what} with a stray %; write it as %25`);
  }
}

function mistake(what: string): AppError {
  return new AppError('invalid', `database.url ${what}.`);
}
