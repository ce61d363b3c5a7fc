// What administrators make for somebody, and lists over all accounts, in Gitea's REST API v1: keys, organizations, addresses.
import type { AbilityOn } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { bodyOf, namingFields, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { siteGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { sshKeyJson } from '../auth/auth.json.ts';
import { addSshKey, removeSshKey } from '../auth/ssh-keys.service.ts';
import { pageOfEveryOrganization } from '../orgs/organization-lists.service.ts';
import { organizationJson, visibilityOf } from '../orgs/organizations.json.ts';
import { createOrganization } from '../orgs/orgs.service.ts';
import { userJson } from '../users/accounts.json.ts';
import { accountKeyBody, accountOrganizationBody, addressesQuery } from './accounts.input.ts';
import { pageOfAddresses } from './accounts.service.ts';
import { requireAccount } from './people.service.ts';

const ADMIN = '/api/v1/admin';
const USER = `${ADMIN}/users/:username`;
const EXAMPLE_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMgQ0/cbTfzmAy7rIqGDAEvPyAPY54ixHBeRdKjxCjBT build@example.org';

const routes: Route<AbilityOn<'site'>, Actor>[] = [
  {
    method: 'post',
    path: `${USER}/keys`,
    access: 'site:administer',
    handler: postKey,
    api: {
      tag: 'admin',
      id: 'adminCreatePublicKey',
      summary: 'Add an SSH key to an account',
      about: 'A token needs to be able to write to repositories as well, since the key can.',
      body: accountKeyBody,
      example: { title: 'build server', key: EXAMPLE_KEY },
      answer: 'PublicKey',
      status: 201,
    },
  },
  {
    method: 'delete',
    path: `${USER}/keys/:id`,
    access: 'site:administer',
    handler: deleteKey,
    api: {
      tag: 'admin',
      id: 'adminDeleteUserPublicKey',
      summary: 'Remove an SSH key from an account',
      answer: 'none',
    },
  },
  {
    method: 'post',
    path: `${USER}/orgs`,
    access: 'site:administer',
    handler: postOrganization,
    api: {
      tag: 'admin',
      id: 'adminCreateOrg',
      summary: 'Create an organization for somebody',
      about: 'They are its first owner.',
      body: accountOrganizationBody,
      example: { username: 'compilers', full_name: 'Compilers', visibility: 'private' },
      answer: 'Organization',
      status: 201,
    },
  },
  {
    method: 'get',
    path: `${ADMIN}/orgs`,
    access: 'users:list',
    handler: getOrganizations,
    api: {
      tag: 'admin',
      id: 'adminGetAllOrgs',
      summary: 'List all organizations',
      answer: 'Organization[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: `${ADMIN}/emails`,
    access: 'users:list',
    handler: getAddresses,
    api: {
      tag: 'admin',
      id: 'adminGetAllEmails',
      summary: 'List all e-mail addresses',
      query: addressesQuery,
      answer: 'Email[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: `${ADMIN}/emails/search`,
    access: 'users:list',
    handler: getAddresses,
    api: {
      tag: 'admin',
      id: 'adminSearchEmails',
      summary: 'Search e-mail addresses',
      about: '`q` is a part of the address.',
      query: addressesQuery,
      answer: 'Email[]',
      paged: true,
    },
  },
];

/** Adds the routes about what belongs to accounts. */
export function mountAccountThingsApi(web: WebApp): void {
  mountRoutes(web, siteGate, routes);
}

function requireNamed(c: WebContext, actor: Actor) {
  return requireAccount(c.var.app, actor, c.req.param('username') ?? '');
}

async function postKey(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const { title, key } = await bodyOf(c, accountKeyBody);
  const account = await requireNamed(c, actor);
  const row = await addSshKey(app, actor, account.id, { title, key });
  return c.json(sshKeyJson(app, row, await userJson(app, actor, account)), 201);
}

async function deleteKey(c: WebContext, actor: Actor): Promise<Response> {
  const id = c.req.param('id') ?? '';
  const account = await requireNamed(c, actor);
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('SSH key');
  await removeSshKey(c.var.app, actor, account.id, Number(id));
  return c.body(null, 204);
}

async function postOrganization(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const body = await bodyOf(c, accountOrganizationBody);
  const { id: ownerId } = await requireNamed(c, actor);
  const names = { name: 'username', displayName: 'full_name', bio: 'description' };
  const made = await namingFields(names, () =>
    createOrganization(app, actor, {
      name: body.username,
      displayName: body.full_name,
      bio: body.description,
      email: body.email,
      location: body.location,
      website: body.website,
      visibility: visibilityOf(body.visibility ?? 'public'),
      ownerId,
    }),
  );
  return c.json(organizationJson(app, made), 201);
}

async function getOrganizations(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const { items, total } = await pageOfEveryOrganization(app, actor, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json(items.map((organization) => organizationJson(app, organization)));
}

async function getAddresses(c: WebContext, actor: Actor): Promise<Response> {
  const { q } = queryOf(c, addressesQuery);
  const { items, total } = await pageOfAddresses(c.var.app, actor, q, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  const shown = items.map(({ email, isVerified, isPrimary, userId, username }) => {
    return { email, verified: isVerified, primary: isPrimary, user_id: userId, username };
  });
  return c.json(shown);
}
