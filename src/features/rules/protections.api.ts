// Branch and tag protections in Gitea's REST API v1.
import { notFound } from '../../base/errors.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import {
  branchProtectionBody,
  newBranchProtectionBody,
  prioritiesBody,
  tagProtectionBody,
} from './protections.input.ts';
import { branchProtectionJson, tagProtectionJson } from './protections.json.ts';
import {
  changeBranchProtection,
  createBranchProtection,
  orderProtections,
  partyNames,
  protectionsOf,
  requireBranchProtection,
  requireTagProtection,
  saveTagProtection,
} from './protections.service.ts';
import { deleteRuleSet } from './rule-sets.service.ts';
import type { RuleSet } from './rules.types.ts';

const AT = '/api/v1/repos/:owner/:repo';
const BRANCHES = `${AT}/branch_protections`;
const BRANCH = `${BRANCHES}/:name{[^]+}`;
const TAGS = `${AT}/tag_protections`;
const TAG = `${TAGS}/:id{[0-9]+}`;

const tag = 'repository';
const ABOUT =
  'Kept as a rule set whose only pattern is `rule_name`; rule sets with more are seen at `/rulesets`.';

/** The routes of protections below `/api/v1`. */
export const protectionRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: BRANCHES, access: 'rules:read', handler: getBranchProtections },
    api: {
      ...{ tag, id: 'repoListBranchProtection', summary: 'List branch protections', about: ABOUT },
      answer: 'BranchProtection[]',
    },
  },
  {
    ...{ method: 'post', path: BRANCHES, access: 'rules:manage', handler: postBranchProtection },
    api: {
      ...{ tag, id: 'repoCreateBranchProtection', summary: 'Protect branches', about: ABOUT },
      body: newBranchProtectionBody,
      example: { rule_name: 'release/*', required_approvals: 1, enable_push: false },
      ...{ answer: 'BranchProtection', status: 201 },
    },
  },
  {
    ...{ method: 'post', path: `${BRANCHES}/priority`, access: 'rules:manage', handler: postPriorities },
    api: {
      ...{ tag, id: 'repoUpdateBranchProtectionPriories', summary: 'Put branch protections in an order' },
      about: 'By their `id`. All protections that mean a branch hold together, whatever their order.',
      ...{ body: prioritiesBody, example: { ids: [] }, answer: 'none' },
    },
  },
  {
    ...{ method: 'get', path: BRANCH, access: 'rules:read', handler: getBranchProtection },
    api: {
      ...{
        tag,
        id: 'repoGetBranchProtection',
        summary: 'Get a branch protection',
        answer: 'BranchProtection',
      },
    },
  },
  {
    ...{ method: 'patch', path: BRANCH, access: 'rules:manage', handler: patchBranchProtection },
    api: {
      ...{ tag, id: 'repoEditBranchProtection', summary: 'Change a branch protection' },
      ...{ body: branchProtectionBody, example: { required_approvals: 2 }, answer: 'BranchProtection' },
    },
  },
  {
    ...{ method: 'delete', path: BRANCH, access: 'rules:manage', handler: deleteBranchProtection },
    api: { tag, id: 'repoDeleteBranchProtection', summary: 'Delete a branch protection', answer: 'none' },
  },
  {
    ...{ method: 'get', path: TAGS, access: 'rules:read', handler: getTagProtections },
    api: { tag, id: 'repoListTagProtection', summary: 'List tag protections', answer: 'TagProtection[]' },
  },
  {
    ...{ method: 'post', path: TAGS, access: 'rules:manage', handler: postTagProtection },
    api: {
      ...{ tag, id: 'repoCreateTagProtection', summary: 'Protect tags', body: tagProtectionBody },
      about: 'Those on the lists alone make, move and delete such tags; without any, nobody does.',
      ...{
        example: { name_pattern: 'v*', whitelist_usernames: ['ada'] },
        answer: 'TagProtection',
        status: 201,
      },
    },
  },
  {
    ...{ method: 'get', path: TAG, access: 'rules:read', handler: getTagProtection },
    api: { tag, id: 'repoGetTagProtection', summary: 'Get a tag protection', answer: 'TagProtection' },
  },
  {
    ...{ method: 'patch', path: TAG, access: 'rules:manage', handler: patchTagProtection },
    api: {
      ...{ tag, id: 'repoEditTagProtection', summary: 'Change a tag protection', body: tagProtectionBody },
      ...{ example: { whitelist_usernames: ['ada'] }, answer: 'TagProtection' },
    },
  },
  {
    ...{ method: 'delete', path: TAG, access: 'rules:manage', handler: deleteTagProtection },
    api: { tag, id: 'repoDeleteTagProtection', summary: 'Delete a tag protection', answer: 'none' },
  },
];

/** Whom sets name is for those who manage them. */
function namesFor(c: WebContext, open: OpenRepository, sets: readonly RuleSet[]) {
  if (!permissionIncludes(open.permission, 'admin')) return undefined;
  return partyNames(c.var.app, c.var.actor, open, ...sets);
}

async function getBranchProtections(c: WebContext, open: OpenRepository): Promise<Response> {
  const sets = await protectionsOf(c.var.app, c.var.actor, open, 'branch');
  const names = await namesFor(c, open, sets);
  return c.json(sets.map((set) => branchProtectionJson(open, set, names)));
}

async function answerBranch(c: WebContext, open: OpenRepository, set: RuleSet, status: 200 | 201 = 200) {
  return c.json(branchProtectionJson(open, set, await namesFor(c, open, [set])), status);
}

async function getBranchProtection(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerBranch(c, open, await branchProtectionAt(c, open));
}

async function postBranchProtection(c: WebContext, open: OpenRepository): Promise<Response> {
  const { rule_name, branch_name, ...said } = await bodyOf(c, newBranchProtectionBody);
  const name = rule_name || branch_name || '';
  const set = await createBranchProtection(c.var.app, c.var.actor, open, name, said);
  return answerBranch(c, open, set, 201);
}

async function patchBranchProtection(c: WebContext, open: OpenRepository): Promise<Response> {
  const said = await bodyOf(c, branchProtectionBody);
  const known = await branchProtectionAt(c, open);
  return answerBranch(c, open, await changeBranchProtection(c.var.app, c.var.actor, open, known, said));
}

async function deleteBranchProtection(c: WebContext, open: OpenRepository): Promise<Response> {
  const { id } = await branchProtectionAt(c, open);
  await deleteRuleSet(c.var.app, c.var.actor, open, id);
  return c.body(null, 204);
}

async function postPriorities(c: WebContext, open: OpenRepository): Promise<Response> {
  const { ids } = await bodyOf(c, prioritiesBody);
  await orderProtections(c.var.app, c.var.actor, open, ids);
  return c.body(null, 204);
}

function branchProtectionAt(c: WebContext, open: OpenRepository): Promise<RuleSet> {
  return requireBranchProtection(c.var.app, c.var.actor, open, c.req.param('name') ?? '');
}

async function getTagProtections(c: WebContext, open: OpenRepository): Promise<Response> {
  const sets = await protectionsOf(c.var.app, c.var.actor, open, 'tag');
  const names = await namesFor(c, open, sets);
  return c.json(sets.map((set) => tagProtectionJson(set, names)));
}

async function answerTag(c: WebContext, open: OpenRepository, set: RuleSet, status: 200 | 201 = 200) {
  return c.json(tagProtectionJson(set, await namesFor(c, open, [set])), status);
}

async function getTagProtection(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerTag(c, open, await tagProtectionAt(c, open));
}

async function postTagProtection(c: WebContext, open: OpenRepository): Promise<Response> {
  const said = await bodyOf(c, tagProtectionBody);
  return answerTag(c, open, await saveTagProtection(c.var.app, c.var.actor, open, undefined, said), 201);
}

async function patchTagProtection(c: WebContext, open: OpenRepository): Promise<Response> {
  const said = await bodyOf(c, tagProtectionBody);
  const known = await tagProtectionAt(c, open);
  return answerTag(c, open, await saveTagProtection(c.var.app, c.var.actor, open, known, said));
}

async function deleteTagProtection(c: WebContext, open: OpenRepository): Promise<Response> {
  const { id } = await tagProtectionAt(c, open);
  await deleteRuleSet(c.var.app, c.var.actor, open, id);
  return c.body(null, 204);
}

function tagProtectionAt(c: WebContext, open: OpenRepository): Promise<RuleSet> {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('tag protection');
  return requireTagProtection(c.var.app, c.var.actor, open, Number(id));
}
