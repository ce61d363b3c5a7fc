// A repository with changes to tell of, and webhooks that lead to a server of the test.

import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { createHook } from '../../../src/features/webhooks/hooks.service.ts';
import { findHook } from '../../../src/features/webhooks/hooks.store.ts';
import type { Hook, HookOwner, HookRow, NewHook } from '../../../src/features/webhooks/hooks.types.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { openSink, type Sink } from '../../support/sink.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';

export interface HookSite extends TestApp {
  sink: Sink;
  clock: ManualClock;
  repositoryId: number;
  hook(more?: Partial<NewHook>, owner?: HookOwner): Promise<Hook>;
  row(hook: Pick<Hook, 'id'>): Promise<HookRow>;
  /** Changes something that webhooks are told of: makes a label. */
  change(name: string): Promise<void>;
  /** Runs what is due. */
  settle(): Promise<void>;
}

const SMTP = { host: 'localhost', from: 'forge@example.org' };

/** Opens ada/tools with a sink that may be connected to. */
export async function hookSite(settings: Record<string, unknown> = {}): Promise<HookSite> {
  const clock = manualClock();
  const network = { allow_private: ['127.0.0.1'] };
  const site = await testApp({ network, mail: SMTP, ...settings }, { clock });
  const sink = await openSink();
  const ada = await site.actor('ada', { isAdmin: true });
  const { id: repositoryId } = await createRepository(site.app, ada, {
    ...{ name: 'tools', description: '', visibility: 'private', readme: false },
    ...{ gitignore: '', licence: '', defaultBranch: '' },
  });
  const token = await site.token('ada');
  const settle = async () => {
    await site.app.jobs.drain();
  };
  await settle();
  return {
    ...site,
    ...{ sink, clock, repositoryId, settle },
    hook: (more = {}, owner = { scope: 'repository', repositoryId }) =>
      createHook(site.app, ada, owner, { ...newHook(`${sink.url}/in`), ...more }),
    async row({ id }) {
      const row = await findHook(site.app.db.read, id);
      if (!row) throw new Error('the webhook is gone');
      return row;
    },
    async change(name) {
      const answer = await site.web.request(`${HOST}/api/v1/repos/ada/tools/labels`, {
        method: 'POST',
        headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name, color: '#d73a4a' }),
      });
      if (answer.status !== 201) throw new Error(await answer.text());
    },
    async close() {
      await site.close();
      await sink.close();
    },
  };
}

/** A webhook that is told of everything. */
export function newHook(url: string): NewHook {
  return {
    ...{ url, secret: '', authorization: '', format: 'gitea', contentType: 'json', options: {} },
    ...{ events: [], sendsAll: true, branchFilter: '', verifiesTls: true, isActive: true },
  };
}
