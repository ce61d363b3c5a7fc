// The bodies of the API about repositories, in Gitea's names. The rules of their values are those of the forms.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';
import { branchName, description, gitignoreName, licenceId, repositoryName, website } from './repos.input.ts';

/** Anything but true and false is refused, so that no misspelt value ever makes a repository public. */
export const flag = z.boolean({ error: 'Give true or false.' }).optional();
const word = z.string({ error: 'Give a text.' }).max(255, 'At most 255 characters are possible.').optional();
const ownerName = z.string({ error: 'Give a name.' }).trim().max(64, 'There is no such owner.');

/** A new repository; `issue_labels`, `readme` and `trust_model` are read and make no difference. */
export const newRepositoryBody = lazily(() =>
  z.object({
    name: repositoryName,
    description: description.optional(),
    private: flag,
    auto_init: flag,
    default_branch: branchName.or(z.literal('')).optional(),
    gitignores: gitignoreName.optional(),
    license: licenceId.optional(),
    readme: word,
    issue_labels: word,
    object_format_name: z.enum(['sha1', 'sha256', ''], { error: 'Choose sha1 or sha256.' }).optional(),
    template: flag,
    trust_model: word,
  }),
);

/** What is changed of a repository; what is left out stays. Of what this product does not have, nothing comes. */
export const repositoryChangesBody = lazily(() =>
  z.object({
    name: repositoryName.optional(),
    description: description.optional(),
    website: website.optional(),
    private: flag,
    internal: flag,
    template: flag,
    archived: flag,
    default_branch: branchName.optional(),
    has_issues: flag,
    has_pull_requests: flag,
    has_releases: flag,
    has_wiki: flag,
    has_projects: flag,
    has_packages: flag,
    has_actions: flag,
    projects_mode: word,
    internal_tracker: z.object({}).optional(),
    external_tracker: z.object({}).optional(),
    external_wiki: z.object({}).optional(),
    allow_merge_commits: flag,
    allow_rebase: flag,
    allow_rebase_explicit: flag,
    allow_rebase_update: flag,
    allow_squash_merge: flag,
    allow_fast_forward_only_merge: flag,
    allow_manual_merge: flag,
    autodetect_manual_merge: flag,
    ignore_whitespace_conflicts: flag,
    default_merge_style: word,
    default_delete_branch_after_merge: flag,
    default_allow_maintainer_edit: flag,
    mirror_interval: word,
    enable_prune: flag,
  }),
);

/** A fork, of the actor's own or an organization's; `default_branch_only` is ours. */
export const forkBody = lazily(() =>
  z.object({
    name: repositoryName.optional(),
    organization: ownerName.optional(),
    default_branch_only: flag,
  }),
);

/** A repository that begins with a template's files. Of what Gitea lets one choose, all that comes with the files is taken. */
export const generateBody = lazily(() =>
  z.object({
    name: repositoryName,
    owner: ownerName.optional(),
    description: description.optional(),
    private: flag,
    default_branch: branchName.or(z.literal('')).optional(),
    git_content: flag,
    git_branches: flag,
    git_hooks: flag,
    webhooks: flag,
    topics: flag,
    avatar: flag,
    labels: flag,
    protected_branch: flag,
  }),
);

export const mergeUpstreamBody = lazily(() =>
  z.object({ branch: z.string({ error: 'Name the branch.' }).max(255).optional() }),
);

export const transferBody = lazily(() =>
  z.object({
    new_owner: z.string({ error: 'Name the new owner.' }).max(64, 'There is no such owner.'),
    team_ids: z.array(z.number().int().positive()).max(100, 'Name at most 100 teams.').optional(),
  }),
);

export const topicsBody = lazily(() =>
  z.object({
    topics: z
      .array(z.string({ error: 'Give a list of texts.' }), { error: 'Give a list of topics.' })
      .max(200, 'These are too many topics.'),
  }),
);

/** Gitea's permissions, and ours between them. */
export const collaboratorBody = lazily(() =>
  z.object({
    permission: z
      .enum(['read', 'triage', 'write', 'maintain', 'admin'], {
        error: 'Choose read, triage, write, maintain or admin.',
      })
      .optional(),
  }),
);

export const deployKeyBody = lazily(() =>
  z.object({
    title: z.string({ error: 'Give a title.' }).max(255, 'A title has at most 100 characters.').optional(),
    key: z.string({ error: 'Give a public key.' }).max(20_000, 'This is no public key.'),
    read_only: flag,
  }),
);

/** GitHub's `ignored`; Gitea sends no body. */
export const subscriptionBody = lazily(() => z.object({ ignored: flag, subscribed: flag }));
