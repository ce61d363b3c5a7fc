// An organization with people of every role, and what its scenarios share.

import { SYSTEM } from '../../../src/base/actor.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import type { OrganizationVisibility } from '../../../src/features/orgs/orgs.types.ts';
import { addTeamMember } from '../../../src/features/orgs/team-members.service.ts';
import { createTeam } from '../../../src/features/orgs/teams.service.ts';
import type { TestApp, Visitor } from '../../support/test-app.ts';

export const ROLES = ['anonymous', 'stranger', 'member', 'maintainer', 'owner', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Site {
  t: TestApp;
  as(role: Role): Visitor;
  idOf(name: string): Promise<number>;
  organizationId: number;
}

/** `acme` (of a visibility) with the-owner, the-member, the-maintainer of the team `engine`, and the secret team `vault`. */
export async function makeSite(t: TestApp, visibility: OrganizationVisibility = 'public'): Promise<Site> {
  const idOf = async (name: string) => (await t.actor(name)).userId;
  const owner = await t.actor('the-owner');
  const { id } = await createOrganization(t.app, owner, { name: 'acme', displayName: 'Acme', visibility });
  for (const name of ['the-member', 'the-maintainer'])
    await addMember(t.app, SYSTEM, id, await idOf(name), 'member');
  const engine = await createTeam(t.app, owner, id, { name: 'engine', description: 'Runs' });
  await createTeam(t.app, owner, id, { name: 'vault', isSecret: true });
  await addTeamMember(t.app, owner, id, engine.id, { username: 'the-maintainer', role: 'maintainer' });
  const visitors = new Map<Role, Visitor>([['anonymous', t.anonymous]]);
  for (const role of ROLES.slice(1))
    visitors.set(role, await t.as(`the-${role}`, { isAdmin: role === 'admin' }));
  const as = (role: Role): Visitor => {
    const visitor = visitors.get(role);
    if (!visitor) throw new Error(`no visitor for ${role}`);
    return visitor;
  };
  return { t, as, idOf, organizationId: id };
}

/** What the recorded events of some kinds say, the oldest first. */
export async function eventsOf(t: TestApp, prefix: string): Promise<Record<string, unknown>[]> {
  const events = await t.app.events.recent({ limit: 100 });
  return events
    .filter(({ kind }) => kind.startsWith(prefix))
    .reverse()
    .map((event) => ({ ...event }));
}

/** A page without what differs from one answer to the next: tokens, and the names that were asked for. */
export function plain(text: string, ...names: string[]): string {
  const named = names.reduce((rest, name) => rest.replaceAll(name, 'NAME'), text);
  return named.replace(/value="[\w-]{30,}"/g, 'value="TOKEN"');
}
