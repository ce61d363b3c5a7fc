// The address of a file that was put into a text, and the Markdown that shows it.
import { shownAs } from './attachment-types.service.ts';
import type { AttachmentRow } from './issues.types.ts';

/** Its address in a repository (`/owner/name`). */
export function attachmentHref(path: string, { token }: Pick<AttachmentRow, 'token'>): string {
  return `${path}/attachments/${token}`;
}

/** The Markdown that shows it: a picture with its size, so that nothing moves when it has come, a video, or a link. */
export function attachmentMarkdown(path: string, row: AttachmentRow): string {
  const href = attachmentHref(path, row);
  const shown = shownAs(row.mediaType);
  const alt = row.name.replace(/\.[a-z0-9]{1,10}$/i, '').replace(/[[\]\\<>"&]/g, '') || 'image';
  if (shown === 'video') return `<video src="${href}" controls></video>`;
  if (shown === 'picture' && row.width && row.height)
    return `<img width="${row.width}" height="${row.height}" alt="${alt}" src="${href}">`;
  if (row.mediaType.startsWith('image/')) return `![${alt}](${href})`;
  return `[${row.name.replace(/[[\]\\<>&`*_~]/g, '\\$&')}](${href})`;
}
