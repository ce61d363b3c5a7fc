// What addresses of the API ask of notifications, in Gitea's names.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';
import { flagText, instant, text } from '../../platform/api/fields.ts';

const statusFields = () => ({
  all: flagText().describe('Read ones too.').optional(),
  'status-types': text().describe('unread, read and pinned; given several times, or with commas.').optional(),
});

export const threadListQuery = lazily(() =>
  z.object({
    ...statusFields(),
    'subject-type': text().describe('issue, pull or release.').optional(),
    since: instant().describe('Told at or after this instant.').optional(),
    before: instant().describe('Told before this instant.').optional(),
  }),
);

export const markingQuery = lazily(() =>
  z.object({
    ...statusFields(),
    'to-status': text().describe('read, unread or done; read unless given.').optional(),
    last_read_at: instant().describe('What was told later stays as it is.').optional(),
  }),
);

export const threadMarkQuery = lazily(() =>
  z.object({ 'to-status': text().describe('read, unread, pinned or done; read unless given.').optional() }),
);
