// What Gitea's API clients send to change files.
import { z } from 'zod';
import { type FieldErrors, invalid } from '../../base/errors.ts';

const MAX_FILES = 300;

const person = z
  .object({ name: z.string().max(255).optional(), email: z.string().max(254).optional() })
  .nullish()
  .transform((value) => value ?? {});

const optionalText = (most: number) =>
  z
    .string()
    .max(most, `At most ${most} characters.`)
    .nullish()
    .transform((value) => value || undefined);

const commit = {
  branch: optionalText(255),
  new_branch: optionalText(255),
  message: optionalText(60_000),
  signoff: z.boolean().nullish(),
  author: person,
  committer: person,
};

const file = {
  sha: optionalText(64),
  from_path: optionalText(4096),
  content: z
    .base64('Give the content in base64.')
    .nullish()
    .transform((value) => Buffer.from(value ?? '', 'base64')),
};

const oneFile = z.object({ ...commit, ...file });
const manyFiles = z.object({
  ...commit,
  files: z
    .array(
      z.object({
        ...file,
        operation: z.enum(['create', 'update', 'upload', 'rename', 'delete'], {
          error: 'The operation is one of create, update, upload, rename and delete.',
        }),
        path: z.string('Give the path.').max(4096, 'A path has at most 4096 characters.'),
      }),
    )
    .min(1, 'Name at least one file.')
    .max(MAX_FILES, `Change ${MAX_FILES} files at a time.`),
});

export type CommitWishes = Omit<z.infer<typeof oneFile>, 'sha' | 'from_path' | 'content'>;
export type FileOperation = z.infer<typeof manyFiles>['files'][number];

/** The body of a call that changes one file. Throws AppError invalid. */
export const parseFileWrite = (raw: unknown) => parse(oneFile, raw);

/** The body of a call that changes several. Throws AppError invalid. */
export const parseFilesWrite = (raw: unknown) => parse(manyFiles, raw);

function parse<T>(schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const fields: FieldErrors = {};
  for (const issue of result.error.issues) fields[issue.path.join('.') || 'body'] ??= issue.message;
  throw invalid(fields);
}
