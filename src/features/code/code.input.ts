// What the REST API takes for branches, tags, commits and files, in Gitea's names.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';

const name = z.string().max(1024, 'A name has at most 1,024 characters.');

/** `true`, `false`, `1` or `0`. */
const flag = () => z.stringbool('Give true or false.').optional();

export const newBranchBody = lazily(() =>
  z.object({ new_branch_name: name, old_ref_name: name.optional(), old_branch_name: name.optional() }),
);

export const branchNameBody = lazily(() => z.object({ name }));

export const newTagBody = lazily(() =>
  z.object({ tag_name: name, target: name.optional(), message: z.string().optional() }),
);

/** What is told of a commit: each part can be left out. */
export const commitQuery = lazily(() => z.object({ stat: flag(), verification: flag(), files: flag() }));

export const commitsQuery = lazily(() =>
  z.object({
    sha: name.optional(),
    path: z.string().max(4096, 'A path has at most 4,096 characters.').optional(),
    stat: flag(),
    verification: flag(),
    files: flag(),
    not: name.optional(),
  }),
);

export const noteQuery = lazily(() => z.object({ verification: flag(), files: flag() }));

export const refQuery = lazily(() => z.object({ ref: name.optional() }));

export const archiveQuery = lazily(() =>
  z.object({ path: z.string().max(4096, 'A path has at most 4,096 characters.').optional() }),
);

export const treeQuery = lazily(() =>
  z.object({
    recursive: flag(),
    page: z.coerce.number().int().optional(),
    per_page: z.coerce.number().int().optional(),
  }),
);

export const statusesQuery = lazily(() =>
  z.object({
    sort: z.enum(['oldest', 'recentupdate', 'leastupdate', 'leastindex', 'highestindex']).optional(),
    state: z.enum(['pending', 'success', 'error', 'failure', 'warning']).optional(),
  }),
);

export const gitHookBody = lazily(() => z.object({ content: z.string().optional() }));
