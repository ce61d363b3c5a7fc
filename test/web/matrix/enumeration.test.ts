// Whether anything hidden shows: every page as people who may not see it, compared with what is missing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { addressOf, mountedRoutes, openWorld, type Persona, type World } from './personas.ts';

const REPOSITORY = 'zebra-vault';
const ORGANIZATION = 'hidden-herd';
const MAILBOX = 'unlisted-mailbox';
/** As long as their counterparts, so that not even a length tells. */
const MISSING_REPOSITORY = 'zebra-fault';
const MISSING_ORGANIZATION = 'absent-herd';

let world: World;

beforeAll(async () => {
  world = await openWorld();
  const { t } = world;
  const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
  const { parseNewRepository } = await import('../../../src/features/repos/repos.input.ts');
  const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
  const { createUser } = await import('../../../src/features/users/users.service.ts');
  const owner = await t.actor('the-owner');
  const hidden = { name: REPOSITORY, visibility: 'private', readme: true, description: REPOSITORY };
  await createRepository(t.app, owner, parseNewRepository(hidden));
  const orgOwner = await t.actor('the-org-owner');
  await createOrganization(t.app, orgOwner, {
    name: ORGANIZATION,
    displayName: ORGANIZATION,
    visibility: 'private',
  });
  await createRepository(
    t.app,
    orgOwner,
    parseNewRepository({ name: REPOSITORY, owner: ORGANIZATION, visibility: 'private', readme: true }),
  );
  await createUser(t.app, SYSTEM, { name: 'the-shy', email: `${MAILBOX}@example.org` });
}, 120_000);
afterAll(() => world.close());

const STRANGERS: Persona[] = ['anonymous', 'stranger', 'restricted', 'suspended'];
const SECRETS = [REPOSITORY, ORGANIZATION, MAILBOX];

/** What differs from one answer to the next by itself: ids of requests, tokens of forms, hashes of files, times. */
function blurred(text: string): string {
  return text
    .replaceAll(/name="csrf" value="[^"]*"/g, 'csrf')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
    .replaceAll(MISSING_REPOSITORY, REPOSITORY)
    .replaceAll(MISSING_ORGANIZATION, ORGANIZATION);
}

describe('what is hidden', () => {
  it('answers on every page exactly as what is missing', async () => {
    const places = [
      {
        hidden: { owner: 'the-owner', repo: REPOSITORY },
        missing: { owner: 'the-owner', repo: MISSING_REPOSITORY },
      },
      {
        hidden: { owner: ORGANIZATION, repo: REPOSITORY, org: ORGANIZATION },
        missing: { owner: MISSING_ORGANIZATION, repo: REPOSITORY, org: MISSING_ORGANIZATION },
      },
    ];
    let compared = 0;
    for (const route of mountedRoutes().filter(({ path }) => /:(?:owner|repo|org)\b/.test(path))) {
      for (const { hidden, missing } of places) {
        for (const persona of STRANGERS) {
          const one = await world.ask(persona, route.method, addressOf(route.path, hidden));
          const other = await world.ask(persona, route.method, addressOf(route.path, missing));
          const what = `${route.method} ${addressOf(route.path, hidden)} as ${persona}`;
          expect(one.status, what).toBe(other.status);
          expect(one.headers.get('location') ?? '', what).toBe(blurred(other.headers.get('location') ?? ''));
          expect(blurred(await one.text()), what).toBe(blurred(await other.text()));
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(300);
  }, 300_000);

  it('has no keys that tell of it', async () => {
    for (const ending of ['keys', 'gpg']) {
      for (const persona of STRANGERS) {
        const one = await world.ask(persona, 'GET', `/${ORGANIZATION}.${ending}`);
        const other = await world.ask(persona, 'GET', `/${MISSING_ORGANIZATION}.${ending}`);
        expect([one.status, blurred(await one.text())]).toEqual([other.status, blurred(await other.text())]);
      }
    }
  });

  it('is on no page that strangers reach by following links, nor in any list, search or count', async () => {
    for (const persona of STRANGERS) {
      const seen = new Set<string>();
      const queue = [...SEEDS];
      while (queue.length > 0 && seen.size < 250) {
        const path = queue.shift() ?? '/';
        if (seen.has(path)) continue;
        seen.add(path);
        const answer = await world.ask(persona, 'get', path);
        const text = await answer.text();
        const asked = SECRETS.filter((secret) => path.includes(secret));
        for (const secret of SECRETS.filter((one) => !asked.includes(one)))
          expect(text.includes(secret), `${path} as ${persona} names ${secret}`).toBe(false);
        for (const [, href = ''] of text.matchAll(/href="(\/[^"#]*)"/g)) {
          const next = href.replaceAll('&amp;', '&');
          if (!/^\/(?:assets|logout)/.test(next)) queue.push(next);
        }
      }
      expect(seen.size).toBeGreaterThan(20);
    }
  }, 300_000);

  it('is told by no search for it', async () => {
    for (const persona of STRANGERS) {
      for (const [path, word] of SEARCHES) {
        const text = await (await world.ask(persona, 'get', `${path}${word}`)).text();
        const found = [...text.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);
        const leads = found.filter(
          (href) => href.startsWith(`/the-owner/${REPOSITORY}`) || href.startsWith(`/${ORGANIZATION}`),
        );
        expect(leads, `${path}${word} as ${persona}`).toEqual([]);
      }
    }
  });
});

const SEEDS = [
  '/',
  '/explore',
  '/the-owner',
  '/the-owner?tab=repositories',
  '/the-owner?tab=stars',
  '/the-owner?tab=followers',
  '/the-org',
  '/the-org-owner',
  '/the-shy',
  '/orgs/the-org/people',
  '/login',
  '/register',
  '/api/v1/version',
  '/api/v1/repos/the-owner/public',
];
const SEARCHES: [string, string][] = [
  ['/explore?q=', 'zebra'],
  ['/?q=', 'zebra'],
  ['/the-owner?tab=repositories&q=', 'zebra'],
  ['/explore?q=', 'herd'],
  ['/explore?q=', MAILBOX],
];
