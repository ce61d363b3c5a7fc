// What comes from outside about forks and about repositories made from templates.
import { z } from 'zod';
import { description, parse, repositoryName, visibility } from './repos.input.ts';

const newFork = z.object({
  /** The name of an organization; without one the actor's own account. */
  owner: z.string().trim().max(64, 'There is no such owner.').optional(),
  name: repositoryName,
  /** Without one the parent's. */
  description: description.optional(),
  /** Without one the parent's. */
  visibility: visibility.optional(),
  defaultBranchOnly: z.boolean().default(false),
});

const newFromTemplate = z.object({
  owner: z.string().trim().max(64, 'There is no such owner.').optional(),
  name: repositoryName,
  description: description.default(''),
  visibility: visibility.default('private'),
  allBranches: z.boolean().default(false),
});

export type NewFork = z.output<typeof newFork>;
export type NewFromTemplate = z.output<typeof newFromTemplate>;

/** Throws AppError invalid with a message per field. */
export const parseNewFork = (raw: unknown): NewFork => parse(newFork, raw);
/** Throws AppError invalid with a message per field. */
export const parseNewFromTemplate = (raw: unknown): NewFromTemplate => parse(newFromTemplate, raw);
