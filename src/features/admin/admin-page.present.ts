// What every page of the administration has around it.
import type { App } from '../../platform/app.types.ts';

/** The model of a page below /admin; `section` is the entry of the side navigation that is marked. */
export function adminModel<M extends object>(
  app: App,
  section: string,
  model: M & { title: string },
): M & { title: string; section: string; isByInvitation: boolean } {
  const isByInvitation = app.config.accounts.registration === 'invitation';
  return { ...model, title: `${model.title} · Administration`, section, isByInvitation };
}
