// The pages about a pull request's code beyond its changes: conflicts, updates from the base, suggestions, heads compared.
import type { Route } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { conflictRoutes } from './conflicts.web.ts';
import { revisionRoutes } from './revisions.web.ts';
import { suggestionRoutes } from './suggestions.web.ts';

export const codeRoutes: Route<Ability, OpenRepository>[] = [
  ...conflictRoutes,
  ...suggestionRoutes,
  ...revisionRoutes,
];
