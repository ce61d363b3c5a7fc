// The bodies and queries of the API about accounts, for administrators, in Gitea's names.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';

/** Accounts sign in here: there is no other place they could come from. */
const sourceId = z.literal(0, { error: 'There are no sources of accounts but this site: 0.' }).optional();
const visibility = z
  .enum(['', 'public'], 'The pages of people are public: only what they own is hidden.')
  .optional();

const about = () => ({
  full_name: z.string().optional(),
  restricted: z.boolean().optional(),
  source_id: sourceId,
  login_name: z.string().optional(),
  visibility,
});

/** A new account. */
export const newAccountBody = lazily(() =>
  z.object({
    username: z.string(),
    email: z.string().default(''),
    /** Without one the account is used with keys and tokens, until it chooses one by mail. */
    password: z.string().optional(),
    must_change_password: z.boolean().optional(),
    /** Mails its person the link by which they choose a password. */
    send_notify: z.boolean().optional(),
    /** A bot has neither an address nor a password. */
    bot: z.boolean().optional(),
    ...about(),
  }),
);

/** Changes of an account. */
export const accountChangesBody = lazily(() =>
  z.object({
    ...about(),
    description: z.string().optional(),
    location: z.string().optional(),
    website: z.string().optional(),
    email: z.string().optional(),
    password: z.string().optional(),
    must_change_password: z.boolean().optional(),
    admin: z.boolean().optional(),
    /** false, as `prohibit_login`, suspends the account. */
    active: z.boolean().optional(),
    prohibit_login: z.boolean().optional(),
    /** Taken and not used: nobody is given these here. */
    allow_git_hook: z.boolean().optional(),
    allow_import_local: z.boolean().optional(),
    allow_create_organization: z
      .literal(true, { error: 'Everybody creates organizations, but restricted accounts: set restricted.' })
      .optional(),
    max_repo_creation: z.literal(-1, { error: 'There is no such limit for one account: -1.' }).optional(),
  }),
);

export const accountsQuery = lazily(() =>
  z.object({
    source_id: z
      .string()
      .regex(/^\d{1,15}$/, 'A source is a number.')
      .optional(),
    login_name: z.string().max(64).optional(),
    q: z.string().max(100).optional(),
  }),
);

export const deletionQuery = lazily(() =>
  z.object({ purge: z.enum(['true', 'false', '1', '0']).optional() }),
);

/** A key that an administrator adds. */
export const accountKeyBody = lazily(() =>
  z.object({
    title: z.string().default(''),
    key: z.string(),
    read_only: z
      .literal(false, { error: 'Keys that only read are not there: this key could write as well.' })
      .optional(),
  }),
);

/** An organization that an administrator makes for somebody. */
export const accountOrganizationBody = lazily(() =>
  z.object({
    username: z.string(),
    full_name: z.string().optional(),
    description: z.string().optional(),
    email: z.string().optional(),
    location: z.string().optional(),
    website: z.string().optional(),
    visibility: z.enum(['public', 'limited', 'private']).optional(),
    repo_admin_change_team_access: z.boolean().optional(),
  }),
);

export const addressesQuery = lazily(() => z.object({ q: z.string().max(254).optional() }));

export const jobsQuery = lazily(() =>
  z.object({
    state: z.enum(['waiting', 'running', 'dead', 'done']).optional(),
    queue: z.enum(['events', 'default', 'maintenance', 'transfers', 'webhooks']).optional(),
  }),
);
