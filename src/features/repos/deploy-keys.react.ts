// A new deploy key is told of by mail: to whoever added it, and to the person, or the owners of the organization, whose
// repository it opens.
import type { App } from '../../platform/app.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { mailNotice } from '../auth/notices.service.ts';
import { ownersOf } from '../orgs/memberships.service.ts';
import { findUserById } from '../users/users.service.ts';
import { findLiveById } from './repos.store.ts';

/** Subscribes to new deploy keys. */
export function subscribeDeployKeys(app: App): void {
  app.events.subscribe({
    name: 'repos.deploy_keys',
    kinds: ['deploy_key.added'],
    async onEvent(event) {
      if (event.kind === 'deploy_key.added' && app.mail.isConfigured()) await tell(app, event);
    },
  });
}

type DeployKeyEvent = Extract<RecordedEvent, { fingerprint: string; canWrite: boolean }>;

async function tell(app: App, event: DeployKeyEvent): Promise<void> {
  const found = await findLiveById(app.db.read, event.repositoryId);
  const repository = found?.repository;
  const owner = repository && (await findUserById(app, repository.ownerId));
  if (!repository || !owner) return;
  const path = `${owner.name}/${repository.name}`;
  const owners = owner.kind === 'organization' ? await ownersOf(app, owner.id) : [owner.id];
  const told = new Set([...owners, event.actorId]);
  for (const userId of told) {
    if (userId === undefined) continue;
    await mailNotice(app, userId, event, {
      subject: `A deploy key was added to ${path}`,
      text: `Whoever holds the new deploy key can ${event.canWrite ? 'read and write' : 'read'} the repository ${path}.`,
      facts: [['Fingerprint', event.fingerprint]],
      action: { label: 'Look at its deploy keys', path: `/${path}/settings/keys` },
    });
  }
}
