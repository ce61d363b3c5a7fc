// The bodies of the API about imports and mirrors, in Gitea's names. The rules of their values are those of mirrors.input.ts.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';

const flag = z.boolean({ error: 'Give true or false.' }).optional();
const text = (most: number) =>
  z.string({ error: 'Give a text.' }).max(most, `At most ${most} characters are possible.`).optional();
/** As Go writes durations: `8h30m0s`. */
const duration = z
  .string({ error: 'Give a duration such as 8h0m0s.' })
  .regex(/^(?:\d{1,5}h)?(?:\d{1,6}m)?(?:\d{1,7}s)?$/, 'Give a duration such as 8h0m0s.')
  .optional();

/** Brings in a repository from elsewhere; what of Gitea's body this product brings in from nowhere is read and does nothing. */
export const importBody = lazily(() =>
  z.object({
    clone_addr: z
      .string({ error: 'Give the address of a repository.' })
      .max(2000, 'This address is too long.'),
    repo_name: text(100),
    repo_owner: text(64),
    uid: z.number().int().optional(),
    description: text(350),
    private: flag,
    mirror: flag,
    mirror_interval: duration,
    lfs: flag,
    lfs_endpoint: text(2000),
    auth_username: text(1000),
    auth_password: text(1000),
    auth_token: text(1000),
    service: text(20),
    wiki: flag,
    issues: flag,
    labels: flag,
    milestones: flag,
    pull_requests: flag,
    releases: flag,
    aws_access_key_id: text(1000),
    aws_secret_access_key: text(1000),
  }),
);

export const pushMirrorBody = lazily(() =>
  z.object({
    remote_address: z
      .string({ error: 'Give the address of a repository.' })
      .max(2000, 'This address is too long.'),
    remote_username: text(1000),
    remote_password: text(1000),
    interval: duration,
    sync_on_commit: flag,
  }),
);
