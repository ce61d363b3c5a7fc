// Every shape of the API by its name.
import { codeShapes } from './shapes/code.ts';
import { hooksShapes } from './shapes/hooks.ts';
import { issuesShapes } from './shapes/issues.ts';
import { notificationsShapes } from './shapes/notifications.ts';
import { organizationsShapes } from './shapes/organizations.ts';
import { pullsShapes } from './shapes/pulls.ts';
import { releasesShapes } from './shapes/releases.ts';
import { repositoriesShapes } from './shapes/repositories.ts';
import { siteShapes } from './shapes/site.ts';
import { usersShapes } from './shapes/users.ts';

export const SHAPES = {
  ...siteShapes,
  ...usersShapes,
  ...organizationsShapes,
  ...repositoriesShapes,
  ...codeShapes,
  ...releasesShapes,
  ...issuesShapes,
  ...pullsShapes,
  ...notificationsShapes,
  ...hooksShapes,
} as const;

export type ShapeName = keyof typeof SHAPES;
