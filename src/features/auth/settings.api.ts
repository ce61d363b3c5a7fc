// One's own settings in Gitea's REST API v1. What a browser keeps for itself here (colours, the way of diffs) is told, not changed.
import { z } from 'zod';
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { profileChangesOf } from '../users/profile-fields.service.ts';
import { changeProfile, findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { setEmailPrivacy } from './emails.service.ts';

const SETTINGS = '/api/v1/user/settings';

const PER_BROWSER = 'Each browser keeps this for itself: choose it on the web.';

const settingsBody = lazily(() =>
  z.object({
    full_name: z.string().optional(),
    description: z.string().optional(),
    location: z.string().optional(),
    website: z.string().optional(),
    hide_email: z.boolean().optional(),
    hide_activity: z.literal(false, { error: 'What you do in public cannot be hidden.' }).optional(),
    language: z.enum(['', 'en-US'], { error: 'The site speaks English: en-US.' }).optional(),
    theme: z.enum(['', 'auto'], { error: PER_BROWSER }).optional(),
    diff_view_style: z.enum(['', 'unified'], { error: PER_BROWSER }).optional(),
  }),
);

const routes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: SETTINGS,
    access: 'read:user',
    handler: getSettings,
    api: { tag: 'user', id: 'getUserSettings', summary: 'Get your settings', answer: 'UserSettings' },
  },
  {
    method: 'patch',
    path: SETTINGS,
    access: 'write:user',
    handler: patchSettings,
    api: {
      tag: 'user',
      id: 'updateUserSettings',
      summary: 'Change your settings',
      about: 'What is left out stays. Showing the e-mail address takes the password (Basic).',
      body: settingsBody,
      example: { full_name: 'Ada Lovelace', location: 'London', website: 'https://example.org' },
      answer: 'UserSettings',
    },
  },
];

/** Adds one's own settings to `/api/v1`. */
export function mountUserSettingsApi(web: WebApp): void {
  mountRoutes(web, scopeGate, routes);
}

async function requireOwn(c: WebContext, { userId }: UserActor): Promise<UserRow> {
  const user = await findUserById(c.var.app, userId);
  if (!user) throw notFound('user');
  return user;
}

async function getSettings(c: WebContext, actor: UserActor): Promise<Response> {
  const user = await requireOwn(c, actor);
  return c.json({
    full_name: user.displayName,
    website: user.website,
    description: user.bio,
    location: user.location,
    language: 'en-US',
    theme: 'auto',
    diff_view_style: 'unified',
    hide_email: user.hidesEmail,
    hide_activity: false,
  });
}

async function patchSettings(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const body = await bodyOf(c, settingsBody);
  const user = await requireOwn(c, actor);
  const changes = await profileChangesOf(app, actor.userId, body);
  if (body.hide_email !== undefined && body.hide_email !== user.hidesEmail)
    await setEmailPrivacy(app, actor, actor.userId, body.hide_email);
  await changeProfile(app, actor, actor.userId, changes);
  return getSettings(c, actor);
}
