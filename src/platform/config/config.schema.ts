// Every setting, its default and its documentation. The loader, `config show`, `config init` and
// docs/configuration.md are all derived from this one schema.
import { z } from 'zod';
import {
  faultOfDatabaseUrl,
  isMailbox,
  isNetwork,
  isOrigin,
  isQuietHours,
  isSiteUrl,
} from './config-values.ts';

const bytes = (doc: string, fallback: number) => z.number().int().min(1).default(fallback).describe(doc);
const count = (doc: string, fallback: number, min = 0) =>
  z.number().int().min(min).default(fallback).describe(doc);
const string = (doc: string, fallback = '') => z.string().default(fallback).describe(doc);
const required = (doc: string, fallback: string) =>
  z.string().trim().min(1, 'must not be empty').default(fallback).describe(doc);
const flag = (doc: string, fallback: boolean) => z.boolean().default(fallback).describe(doc);
const port = (doc: string, fallback: number) =>
  z.number().int().min(0).max(65535).default(fallback).describe(doc);
const networks = (doc: string) =>
  z
    .array(z.string().refine(isNetwork, 'must hold IP addresses or CIDR networks such as 10.0.0.0/8'))
    .default([])
    .describe(doc);
const checked = (doc: string, accepts: (value: string) => boolean, expectation: string) =>
  z
    .string()
    .refine((value) => value === '' || accepts(value), expectation)
    .default('')
    .describe(doc);

export const configSchema = z.strictObject({
  server: z
    .strictObject({
      listen: required('Address the web server binds; 0.0.0.0 or :: for every interface.', '127.0.0.1'),
      port: port('TCP port of the web server; 0 picks a free one.', 3000),
      unix_socket: string('Path of a unix socket to listen on instead of TCP; empty for TCP.'),
      public_url: checked(
        'The URL people use, e.g. https://code.example.org; empty derives it from listen and port.',
        isSiteUrl,
        'must be a URL such as https://code.example.org, without a path',
      ),
      tls_cert: string('PEM file with the certificate chain; set together with tls_key to serve HTTPS.'),
      tls_key: string('PEM file with the private key.'),
      trusted_proxies: networks(
        'Addresses or CIDR networks of proxies whose X-Forwarded-* headers are believed; none by default.',
      ),
      max_body_bytes: bytes('Largest form or API body accepted, in bytes.', 10 * 1024 * 1024),
      max_connections: count('Connections the web server holds open at once.', 4096, 1),
      max_connections_per_address: count(
        'Connections one address may hold open at once; trusted proxies are not counted.',
        512,
        1,
      ),
      slow_client_seconds: count('Seconds a client may take to send its headers.', 20, 1),
      drain_seconds: count('Seconds that running requests and pushes get to finish after SIGTERM.', 30),
    })
    .prefault({})
    .describe('The web server.'),
  ssh: z
    .strictObject({
      enabled: flag('Serve git over SSH.', true),
      listen: required('Address the SSH server binds.', '127.0.0.1'),
      port: port('TCP port of the SSH server; 0 picks a free one.', 2222),
      public_host: string(
        'Host name shown in SSH clone addresses; empty uses the host of server.public_url.',
      ),
      public_port: port('Port shown in SSH clone addresses; 0 uses ssh.port.', 0),
      max_connections_per_address: count('Connections one address may hold open at once.', 32, 1),
    })
    .prefault({})
    .describe('The SSH server.'),
  database: z
    .strictObject({
      url: z
        .string()
        .superRefine((value, context) => {
          const fault = faultOfDatabaseUrl(value);
          if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
        })
        .default('')
        .describe(
          'Empty for SQLite in the data directory, or postgres://user:pass@host/db, or mysql://user:pass@host/db.',
        )
        .meta({ secret: 'password' }),
      pool_size: count('Connections to PostgreSQL or MySQL; read connections of SQLite.', 8, 1),
    })
    .prefault({})
    .describe('Where rows are kept.'),
  data: z
    .strictObject({
      directory: required('The data directory: database, repositories, keys, cache.', './data'),
      addon_directory: string(
        'Where native addons are unpacked; must not be mounted noexec. Empty: inside the data directory.',
      ),
    })
    .prefault({})
    .describe('Files on disk.'),
  accounts: z
    .strictObject({
      registration: z
        .enum(['open', 'invitation', 'closed'])
        .default('open')
        .describe(
          'Who may register: open (anybody), invitation (whoever was invited) or closed (administrators create accounts).',
        ),
      verify_email: flag(
        'New accounts must prove their e-mail address; only in force when mails can be sent.',
        true,
      ),
      two_factor: z
        .enum(['off', 'administrators', 'all'])
        .default('administrators')
        .describe('Who must have a second factor: off (nobody must), administrators or all.'),
      sudo_minutes: count('Minutes after which dangerous acts ask again who one is.', 60, 1),
      session_days: count('Days after which an unused session ends.', 30, 1),
      min_password_length: count('Shortest password accepted.', 8, 8),
      password_memory_kib: z
        .number()
        .int()
        .min(8192)
        .max(1024 * 1024)
        .default(19_456)
        .describe('Memory of one password hash (argon2id), in KiB; hashes follow at the next sign-in.'),
      password_passes: z
        .number()
        .int()
        .min(1)
        .max(20)
        .default(2)
        .describe('Passes of one password hash (argon2id).'),
    })
    .prefault({})
    .describe('Accounts and sign-in.'),
  mail: z
    .strictObject({
      host: string('Host name of the SMTP server; empty sends no mails.'),
      port: port('Its TCP port.', 587),
      security: z
        .enum(['starttls', 'tls', 'none'])
        .default('starttls')
        .describe('How the connection is protected: starttls, tls (from the first byte), or none.'),
      username: string('Account on the SMTP server; empty sends without one.'),
      password: string('Its password.').meta({ secret: 'whole' }),
      from: checked(
        'Sender of the mails, e.g. OpenCodeHub <code@example.org>.',
        isMailbox,
        'must be an address such as OpenCodeHub <code@example.org>',
      ),
      ca_file: string(
        'PEM file with certificates to trust beside the usual ones, for a mail server with a certificate of its own making.',
      ),
    })
    .prefault({})
    .describe('Mails, by SMTP. Without them nobody can reset a password, and addresses are not verified.'),
  repositories: z
    .strictObject({
      default_branch: required('Name of the first branch of new repositories.', 'main'),
      default_object_format: z
        .enum(['sha1', 'sha256'])
        .default('sha1')
        .describe('Object format of new repositories when not chosen.'),
      deleted_grace_days: count('Days a deleted repository is kept aside before it is purged.', 7),
      deleted_branch_days: count('Days a deleted branch can be restored.', 90),
      max_asset_bytes: bytes('Largest file of a release, in bytes.', 10 * 1024 * 1024 * 1024),
      max_lfs_bytes: bytes('Largest file of Git LFS, in bytes.', 10 * 1024 * 1024 * 1024),
      import_timeout_minutes: count('Minutes after which an import or a run of a mirror is ended.', 240, 1),
      mirror_min_minutes: count('Shortest time between two runs of a mirror, in minutes.', 10, 1),
    })
    .prefault({})
    .describe('Repositories.'),
  issues: z
    .strictObject({
      max_attachment_bytes: bytes('Largest file put into an issue or a comment, in bytes.', 25 * 1024 * 1024),
      attachments_per_day: count('Files one account may put into texts per day; 0 allows none.', 200),
      posts_per_hour: count('Issues and comments one account may write per hour.', 200, 1),
    })
    .prefault({})
    .describe('Issues and comments.'),
  pulls: z
    .strictObject({
      opened_per_hour: count('Pull requests one account may open per hour.', 200, 1),
      stack_size: count('Pull requests one stack may hold.', 50, 1),
    })
    .prefault({})
    .describe('Pull requests.'),
  api: z
    .strictObject({
      cors_origins: z
        .array(z.string().refine(isOrigin, 'must hold origins such as https://app.example.org, or *'))
        .default([])
        .describe(
          'Web pages of these origins may call the API from browsers; * allows every page. None by default.',
        ),
      requests_per_minute: count('Calls of the API one account may make per minute; 0 sets no limit.', 3000),
      anonymous_per_minute: count(
        'Calls of the API one address may make per minute without signing in; 0 sets no limit.',
        300,
      ),
    })
    .prefault({})
    .describe('The REST API.'),
  webhooks: z
    .strictObject({
      timeout_seconds: count('Seconds another server may take to answer a webhook.', 10, 1),
      retry_hours: count('Hours for which a webhook that does not get through is tried again.', 24, 1),
      keep_days: count('Days for which what was sent by webhooks is kept.', 14, 1),
      most_per_owner: count('Webhooks one repository, organization or account may have.', 50, 1),
    })
    .prefault({})
    .describe('Webhooks.'),
  git: z
    .strictObject({
      binary: required('The git program; a bare name is looked up in PATH.', 'git'),
      max_push_bytes: bytes('Largest pack one push may send, in bytes.', 2 * 1024 * 1024 * 1024),
      concurrent_per_user: count(
        'Clones, fetches and pushes one account or address may run at once, and as many downloads.',
        32,
        1,
      ),
      idle_timeout_seconds: count('Seconds without a byte moved after which a transfer is ended.', 600, 1),
      bundles: flag('Offer clones a ready-made bundle of large repositories (bundle-uri).', true),
      signing_key: string(
        'Private SSH key (Ed25519, without a passphrase) that signs the commits merges make; empty: they are not signed.',
      ),
      reader_processes: count('Long-lived git object readers kept open at once.', 16, 1),
    })
    .prefault({})
    .describe('Git transport and object reading.'),
  maintenance: z
    .strictObject({
      quiet_hours: checked(
        'Local hours in which heavy repository maintenance may run, e.g. 22-6; empty for any time.',
        isQuietHours,
        'must be two hours from 0 to 24 joined by a hyphen, such as 22-6',
      ),
      pushes_before_repack: count('Pushes to a repository after which it is repacked.', 50, 1),
    })
    .prefault({})
    .describe('Repository maintenance.'),
  cache: z
    .strictObject({
      max_bytes: bytes(
        'Most disk space for what is kept ready in cache/, such as archives and packs of clones; the least recently used goes first.',
        5 * 1024 * 1024 * 1024,
      ),
    })
    .prefault({})
    .describe('What is kept on disk to be quick and can be made again.'),
  network: z
    .strictObject({
      allow_private: networks(
        'Addresses or CIDR networks inside your own network that imports, mirrors and webhooks may connect to; none by default.',
      ),
    })
    .prefault({})
    .describe('Connections this server makes to other ones on behalf of people.'),
  limits: z
    .strictObject({
      expensive_at_once: count(
        'Blames, histories, comparisons and archives worked on at once; others wait.',
        2,
        1,
      ),
      expensive_waiting: count(
        'How many may wait for that, before clients are told to come again later.',
        64,
      ),
      expensive_per_client: count(
        'How many of them one account or address may have running or waiting.',
        16,
        1,
      ),
      anonymous_expensive: flag(
        'Whether people who are not signed in may ask for blames, histories, comparisons and archives.',
        true,
      ),
      logins_per_account: count(
        'Failed sign-ins to one account from one address before each further one must wait, from 15 seconds up to 15 minutes.',
        5,
        1,
      ),
      logins_per_address: count(
        'Failed sign-ins one address (IPv6: one /64 network) may make per quarter of an hour.',
        30,
        1,
      ),
      logins_per_network: count(
        'Failed sign-ins one network (IPv4 /24, IPv6 /64) may make per quarter of an hour.',
        60,
        1,
      ),
      registrations_per_network: count('Accounts one network may register per hour.', 10, 1),
      mails_per_network: count(
        'Mails one network may ask for per hour, such as links to reset a password.',
        30,
        1,
      ),
    })
    .prefault({})
    .describe('Rate limits.'),
  jobs: z
    .strictObject({ workers: count('Background jobs run at once.', 2, 1) })
    .prefault({})
    .describe('Background jobs.'),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('Least severity that is logged.'),
      format: z
        .enum(['auto', 'json', 'pretty'])
        .default('auto')
        .describe('auto is pretty on a terminal and JSON otherwise.'),
    })
    .prefault({})
    .describe('Logging, to standard error.'),
  metrics: z
    .strictObject({
      token: string('Bearer token that may read /metrics; empty allows loopback addresses only.').meta({
        secret: 'whole',
      }),
    })
    .prefault({})
    .describe('Prometheus metrics.'),
});

/** The configuration in force; see the schema for each key. */
export type Config = z.infer<typeof configSchema>;
