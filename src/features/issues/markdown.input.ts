// What comes from outside as a text to render in the API. Gitea's own names begin with capitals; its server takes either.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';
import { MAX_MARKDOWN_LENGTH } from '../../platform/render/markdown-limits.ts';

const MODES = ['', 'markdown', 'gfm', 'comment', 'wiki', 'file'] as const;

const text = () => z.string().max(MAX_MARKDOWN_LENGTH, 'A text has at most 1,048,576 characters.').optional();
const name = () => z.string().max(1000, 'An address has at most 1,000 characters.').optional();
const mode = () => z.enum(MODES, { error: 'The mode is markdown, gfm, comment, wiki or file.' }).optional();

/** A text, how it is meant, and where it stands. */
export const markupBody = lazily(() =>
  z.object({
    Text: text(),
    Mode: mode(),
    Context: name(),
    FilePath: name(),
    Wiki: z.boolean().optional(),
    text: text(),
    mode: mode(),
    context: name(),
    file_path: name(),
  }),
);

/** Where a text stands: a repository, and perhaps a directory in one of its revisions. */
export interface TextPlace {
  owner: string;
  repository: string;
  /** As they stand in addresses. */
  revision: string;
  directory: string;
}

/** Reads `owner/repository`, or the address of a directory's page in it; undefined for anything else. */
export function placeOfContext(context: string, origin: string): TextPlace | undefined {
  const path = context.startsWith(`${origin}/`) ? context.slice(origin.length) : context;
  const [owner, repository, kind, ...rest] = path.split('/').filter(Boolean).map(asInAddress);
  if (owner === undefined || repository === undefined) return undefined;
  const tail = kind === 'src' && /^(?:branch|tag|commit)$/.test(rest[0] ?? '') ? rest.slice(1) : rest;
  const isInTree = kind === 'src' || kind === 'tree' || kind === 'blob';
  const [revision = 'HEAD', ...directory] = isInTree ? tail : [];
  return { owner, repository, revision, directory: directory.join('/') };
}

/** One segment of a path, encoded once, whatever it came as. */
function asInAddress(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment));
  } catch {
    return encodeURIComponent(segment);
  }
}
