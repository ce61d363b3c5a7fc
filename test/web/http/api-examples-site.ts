// The site that the examples of the reference are for: ada, who administers it, her repository `ada/tools` with something of
// everything in it, and her organization `crew`. Made by the API itself.
import { cp } from 'node:fs/promises';
import type { ApiDescription } from '../../../src/platform/api/description.ts';
import type { App } from '../../../src/platform/app.types.ts';
import type { MountedRoute } from '../../../src/platform/web/routes.ts';
import { describedRoutes } from '../../../src/surfaces/http/openapi.ts';
import { createWeb } from '../../../src/surfaces/http/web.ts';
import { HOST, PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';

export type DescribedRoute = MountedRoute & { api: ApiDescription };

/** The routes as any application mounts them. */
export function mountedForExamples(): DescribedRoute[] {
  createWeb({} as App);
  return [...describedRoutes()];
}

const COMMENTS =
  /\/issues\/comments\/:(?:comment|id)|\/issues\/:index(?:\{[^}]*\})?\/comments\/:id|\/issues\/comments\/:comment/;

/** Parameters of paths, by routes; the first that fits counts, then the last. `$name` is what the site calls so. */
export const PLACES: readonly (readonly [RegExp, Readonly<Record<string, string>>])[] = [
  [/^\w+ \/orgs\/:org\/hooks/, { id: '2' }],
  [/^\w+ \/user\/hooks/, { id: '3' }],
  [/^\w+ \/admin\/hooks/, { id: '4' }],
  [/ \/orgs\/:org\/labels\/:label/, { label: '$organizationLabel' }],
  [/ \/orgs\/:org\/public_members\/:username/, { username: 'ada' }],
  [/ \/users\/:username\/tokens/, { username: 'ada' }],
  [/ \/users\/:username\/following\/:target/, { username: 'ada' }],
  [/ \/teams\/:id\/repos\/:org\/:repo/, { repo: 'engine' }],
  [/ \/repos\/:owner\/:repo\/teams/, { owner: 'crew', repo: 'engine' }],
  [/\/merge-upstream$/, { owner: 'bob', repo: 'fork' }],
  [/gitignore\/templates/, { name: 'Node' }],
  [/ \/licenses/, { name: 'MIT' }],
  [/label\/templates/, { name: 'Default' }],
  [/\/branch_protections\/:name/, { name: 'stable' }],
  [/\/tag_protections\/:id/, { id: '$tagProtection' }],
  [/\/rulesets\/:id/, { id: '$ruleSet' }],
  [/\/git\/blobs\/:sha/, { sha: '$blob' }],
  [/\/git\/tags\/:sha/, { sha: '$tag' }],
  [/\/git\/refs\/:ref/, { ref: 'heads/main' }],
  [/\/git\/commits\/:text/, { text: 'main.diff' }],
  [/\/archive\/:archive/, { archive: 'main.tar.gz' }],
  [/\/compare\/:basehead/, { basehead: 'main...feature' }],
  [/^POST .*\/contents\/:filepath/, { filepath: 'docs/new.md' }],
  [/^PATCH .*\/branches\/:branch/, { branch: 'feature' }],
  [/\/releases\/tags/, { rest: 'v1.0' }],
  [/\/issues\/comments\/:id\{[^}]*\}\/assets\/:asset/, { id: '$comment', asset: '$commentAsset' }],
  [/\/issues\/:index\{[^}]*\}\/assets\/:asset/, { asset: '$issueAsset' }],
  [/\/releases\/:id\{[^}]*\}\/assets\/:asset/, { asset: '$releaseAsset' }],
  [COMMENTS, { id: '$comment', comment: '$comment' }],
  [/\/issues\/:index\{[^}]*\}\/parent/, { index: '2' }],
  [/\/pulls\/:text/, { text: '4.diff' }],
  [/\/pulls\/comments\/:comment/, { comment: '$reviewComment' }],
  [/^POST .*\/reviews\/:review\{[^}]*\}$/, { number: '4', review: '$pending' }],
  [/\/pulls\/:number\{[^}]*\}\/reviews\/:review/, { number: '4', review: '$review' }],
  [/\/pulls\//, { number: '4', base: 'main', head: 'topic' }],
  // Of all others.
  [
    /(?:)/,
    {
      ...{ owner: 'ada', repo: 'tools', org: 'crew', username: 'bob', user: 'ada', target: 'bob' },
      ...{ collaborator: 'bob', team: 'builders', index: '1', number: '1', id: '1', label: '1' },
      ...{ milestone: '1', comment: '1', asset: '1', branch: 'main', name: 'main', filepath: 'README.md' },
      ...{
        tag: 'v1.0',
        ref: 'main',
        topic: 'forge',
        sha: '$head',
        delivery: '1',
        token: 'none',
        invitation: '$invitation',
      },
    },
  ],
];

const PROOF = 'needs a signature by a key';
const QUEUED = 'needs a branch with a queue';

/** Examples that no site can be ready for, with the reason. */
export const NOT_RUN = new Map<string, string>([
  ['POST /user/gpg_keys', PROOF],
  ['POST /user/gpg_key_verify', PROOF],
  ['POST /repos/:owner/:repo/pulls/:number{[0-9]+}/queue', QUEUED],
  ['PATCH /repos/:owner/:repo/pulls/:number{[0-9]+}/queue', QUEUED],
  ['PATCH /repos/:owner/:repo/hooks/git/:id', 'is refused everywhere'],
]);

/** What this site has none of: routes that answer 404, or say that there is nothing of the kind. */
export const ABSENT: readonly RegExp[] = [
  / \/user\/blocks\/:username$/,
  / \/orgs\/:org\/blocks\/:username$/,
  / \/user\/gpg_keys\/:id$/,
  /\/signing-key\.\w+$/,
  /\/push_mirrors\/:name$/,
  /\/pulls\/:number\{[^}]*\}\/(?:merge|queue)$/,
  /\/merge_queue\//,
  /\/commits\/:sha\{[^}]*\}\/pull$/,
  /\/git\/notes\//,
  /\/hooks\/git/,
  /\/uploads\/:token$/,
  / \/notifications\/threads\/:id/,
  /\/deliveries\/:delivery$/,
];

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@desk';
const AT = '/repos/ada/tools';
const HOOK = {
  type: 'gitea',
  config: { url: 'https://ci.example.com/hook', content_type: 'json' },
  events: ['push'],
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const SUGGESTION = { path: 'NEW.md', new_position: 1, body: 'Say more.\n```suggestion\nNewer\n```' };

type Ids = Record<string, string>;

/** One after the other; what has an id of its own kind gets 1 first. The last is under which name its id is kept. */
const CALLS: readonly (readonly [
  who: string,
  method: string,
  path: string,
  body?: unknown,
  keep?: string,
])[] = [
  ['ada', 'POST', '/user/keys', { title: 'desk', key: KEY }],
  ['basic', 'POST', '/user/emails', { emails: ['ada@old.example'] }],
  ['ada', 'POST', '/orgs', { username: 'crew' }],
  ['ada', 'PUT', '/orgs/crew/public_members/ada'],
  ['ada', 'POST', '/orgs/crew/teams', { name: 'builders', permission: 'write' }],
  ['ada', 'PUT', '/teams/1/members/bob'],
  ['ada', 'POST', '/user/repos', { name: 'tools', auto_init: true, template: true }],
  ['ada', 'POST', '/orgs/crew/repos', { name: 'engine', auto_init: true }],
  ['ada', 'PUT', '/teams/1/repos/crew/engine'],
  ['ada', 'PUT', `${AT}/collaborators/bob`, { permission: 'write' }],
  ['ada', 'PUT', '/user/starred/ada/tools'],
  ['ada', 'PUT', '/user/following/bob'],
  ['ada', 'PUT', `${AT}/topics`, { topics: ['forge'] }],
  [
    'ada',
    'POST',
    `${AT}/contents/.editorconfig`,
    { message: 'Indent', content: base64('[*]\nindent_size = 2\n') },
  ],
  ['bob', 'POST', `${AT}/forks`, { name: 'fork' }],
  ['ada', 'GET', `${AT}/contents/README.md`, undefined, 'blob'],
  ['ada', 'POST', `${AT}/tags`, { tag_name: 'v0.9', target: 'main', message: 'Nearly' }, 'tag'],
  ['ada', 'POST', `${AT}/branches`, { new_branch_name: 'feature', old_ref_name: 'main' }],
  [
    'ada',
    'POST',
    `${AT}/contents/SAUCER.md`,
    { message: 'Add', content: base64('A saucer\n'), branch: 'feature' },
  ],
  ['ada', 'POST', `${AT}/branches`, { new_branch_name: 'topic', old_ref_name: 'main' }],
  ['ada', 'POST', `${AT}/contents/NEW.md`, { message: 'Add', content: base64('New\n'), branch: 'topic' }],
  ['ada', 'POST', `${AT}/milestones`, { title: 'v1.0' }],
  ['ada', 'POST', `${AT}/issues`, { title: 'A cup is missing', milestone: 1 }],
  ['ada', 'POST', `${AT}/issues`, { title: 'It is the blue one' }],
  ['ada', 'POST', `${AT}/issues`, { title: 'Two are missing' }],
  ['ada', 'POST', `${AT}/issues/1/sub_issues`, { sub_issue_id: 2 }],
  ['ada', 'POST', `${AT}/issues/1/sub_issues`, { sub_issue_id: 3 }],
  ['ada', 'POST', `${AT}/issues/1/comments`, { body: 'I look for it.' }, 'comment'],
  ['ada', 'POST', `${AT}/pulls`, { title: 'Say what is new', head: 'topic', base: 'main' }],
  [
    'bob',
    'POST',
    `${AT}/pulls/4/reviews`,
    { event: 'REQUEST_CHANGES', body: 'No.', comments: [SUGGESTION] },
    'review',
  ],
  ['ada', 'POST', `${AT}/pulls/4/requested_reviewers`, { reviewers: ['bob'] }],
  [
    'ada',
    'POST',
    `${AT}/pulls/4/reviews`,
    { comments: [{ path: 'NEW.md', new_position: 1, body: 'Hm.' }] },
    'pending',
  ],
  ['ada', 'POST', `${AT}/releases`, { tag_name: 'v1.0', target_commitish: 'main', name: '1.0' }],
  ['ada', 'POST', `${AT}/keys`, { title: 'Build', key: KEY.replace('OMqqn', 'PMqqn'), read_only: true }],
  [
    'ada',
    'POST',
    `${AT}/rulesets`,
    {
      name: 'Old',
      conditions: { ref_name: { include: ['refs/heads/old'], exclude: [] } },
      rules: [{ type: 'deletion' }],
    },
    'ruleSet',
  ],
  ['ada', 'POST', `${AT}/branch_protections`, { rule_name: 'stable', required_approvals: 1 }],
  ['ada', 'POST', `${AT}/tag_protections`, { name_pattern: 'signed-*' }, 'tagProtection'],
  [
    'ada',
    'POST',
    `${AT}/check-runs`,
    { head_sha: 'main', name: 'test', status: 'completed', conclusion: 'success' },
  ],
  ['ada', 'POST', `${AT}/hooks`, HOOK],
  ['ada', 'POST', '/orgs/crew/hooks', HOOK],
  ['ada', 'POST', '/user/hooks', HOOK],
  ['ada', 'POST', '/admin/hooks', HOOK],
  ['ada', 'POST', '/orgs/crew/labels', { name: 'kind/other', color: '#0e8a16' }, 'organizationLabel'],
  ['upload', 'POST', `${AT}/releases/1/assets`, undefined, 'releaseAsset'],
  ['upload', 'POST', `${AT}/issues/1/assets`, undefined, 'issueAsset'],
  ['upload', 'POST', `${AT}/issues/comments/$comment/assets`, undefined, 'commentAsset'],
];

export interface Site {
  token: string;
  /** What `$name` in the table stands for. */
  ids: Ids;
}

/** What says who asks: a token, or where none will do the password. */
export function credentials(token: string, isInPerson: boolean): Record<string, string> {
  const basic = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
  return { authorization: isInPerson ? basic : `token ${token}` };
}

/** Sends a call to an application as a client would. */
export function send(
  t: TestApp,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: BodyInit,
) {
  const incoming = { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} };
  const init = { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) };
  return Promise.resolve(t.web.request(`${HOST}${path}`, init, { incoming, outgoing: {} }));
}

/** Fills a data directory. */
export async function prepareExamples(target: string): Promise<Site> {
  const t = await testApp();
  await t.actor('ada', { isAdmin: true });
  const tokens: Record<string, string> = { ada: await t.token('ada'), bob: await t.token('bob') };
  const ids: Ids = {};
  for (const [who, method, path, body, keep] of CALLS) {
    const headers = credentials(tokens[who] ?? tokens.ada ?? '', who === 'basic');
    const address = path.replace('$comment', ids.comment ?? '');
    const json = await answered(t, who, method, address, headers, body);
    if (keep !== undefined) ids[keep] = String(json.sha ?? json.id);
  }
  const { commit } = await answered(
    t,
    'ada',
    'GET',
    `${AT}/branches/main`,
    credentials(tokens.ada ?? '', false),
  );
  ids.head = (commit as { id: string }).id;
  const at = `${AT}/pulls/4/reviews/${ids.review}/comments`;
  const comments = await answered(t, 'ada', 'GET', at, credentials(tokens.ada ?? '', false));
  ids.reviewComment = String((comments as unknown as { id: number }[])[0]?.id);
  await t.app.jobs.drain();
  // Without the sockets of running programs.
  await cp(t.directory, target, { recursive: true, filter: (path) => !path.includes('/run') });
  await t.close();
  return { token: tokens.ada ?? '', ids };
}

async function answered(
  t: TestApp,
  who: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const form = new FormData();
  form.set('attachment', new File(['cup'], 'cup.txt', { type: 'text/plain' }));
  const sent = who === 'upload' ? form : body === undefined ? undefined : JSON.stringify(body);
  const type: Record<string, string> = who === 'upload' ? {} : { 'content-type': 'application/json' };
  const answer = await send(t, method, `/api/v1${path}`, { ...headers, ...type }, sent);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}
