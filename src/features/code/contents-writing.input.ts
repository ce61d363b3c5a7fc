// What Gitea's API clients send to change files.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';

const MAX_FILES = 300;

const person = () =>
  z
    .object({ name: z.string().max(255).optional(), email: z.string().max(254).optional() })
    .nullish()
    .transform((value) => value ?? {});

const optionalText = (most: number) =>
  z
    .string()
    .max(most, `At most ${most} characters.`)
    .nullish()
    .transform((value) => value || undefined);

/** Clients in Go send the year 1 for a time that they were not given. */
const time = () =>
  z.iso
    .datetime({ offset: true, error: 'Give a time such as 2030-01-31T12:00:00Z.' })
    .nullish()
    .transform((value) => (value?.startsWith('0001-01-01T') ? undefined : value));

const commit = () => ({
  branch: optionalText(255),
  new_branch: optionalText(255),
  message: optionalText(60_000),
  signoff: z.boolean().nullish(),
  author: person(),
  committer: person(),
  dates: z.object({ author: time(), committer: time() }).nullish(),
});

const content = () =>
  z
    .base64('Give the content in base64.')
    .nullish()
    .transform((value) => Buffer.from(value ?? '', 'base64'));

const sha = () => optionalText(64);
const fromPath = () => optionalText(4096);

export const newFileBody = lazily(() => z.object({ ...commit(), content: content() }));

export const changedFileBody = lazily(() =>
  z.object({ ...commit(), sha: sha(), from_path: fromPath(), content: content() }),
);

export const removedFileBody = lazily(() => z.object({ ...commit(), sha: sha() }));

export const filesBody = lazily(() =>
  z.object({
    ...commit(),
    files: z
      .array(
        z.object({
          ...{ sha: sha(), from_path: fromPath(), content: content() },
          operation: z.enum(['create', 'update', 'upload', 'rename', 'delete'], {
            error: 'The operation is one of create, update, upload, rename and delete.',
          }),
          path: z.string('Give the path.').max(4096, 'A path has at most 4096 characters.'),
        }),
      )
      .min(1, 'Name at least one file.')
      .max(MAX_FILES, `Change ${MAX_FILES} files at a time.`),
  }),
);

export const patchBody = lazily(() =>
  z.object({
    ...commit(),
    sha: sha(),
    content: z.string('Give the patch as text.').min(1, 'Give the patch.'),
  }),
);

export type CommitWishes = Omit<z.output<ReturnType<typeof removedFileBody>>, 'sha'>;
export type FileOperation = z.output<ReturnType<typeof filesBody>>['files'][number];
