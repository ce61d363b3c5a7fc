// What the API is sent about a team's access to a repository.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';
import { GIVEN_PERMISSIONS } from './repos.types.ts';

/** What the team is given; without a word what it has by itself. */
export const teamAccessBody = lazily(() => z.object({ permission: z.enum(GIVEN_PERMISSIONS).optional() }));
