// Rule sets in the REST API, in the shape of GitHub's rulesets.
import { notFound } from '../../base/errors.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { newRuleSetBody, parseRuleJson, ruleSetBody } from './rule-json.input.ts';
import { deleteRuleSet, requireRuleSet, ruleSetsOf, saveRuleSet } from './rule-sets.service.ts';
import { appliedJson, peopleOf, ruleSetJson } from './rules.json.ts';
import { rulesFor } from './rules.service.ts';
import type { RuleSet } from './rules.types.ts';

const AT = '/api/v1/repos/:owner/:repo';
const SETS = `${AT}/rulesets`;
const ONE = `${SETS}/:id{[0-9]+}`;

const tag = 'repository';

export const ruleSetApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: SETS, access: 'rules:read', handler: getRuleSets },
    api: { tag, id: 'repoListRuleSets', summary: 'List rule sets', answer: 'RuleSet[]' },
  },
  {
    ...{ method: 'post', path: SETS, access: 'rules:manage', handler: postRuleSet },
    api: {
      ...{ tag, id: 'repoCreateRuleSet', summary: 'Create a rule set', body: newRuleSetBody },
      about: "In the shape of GitHub's rulesets.",
      example: {
        name: 'Releases',
        conditions: { ref_name: { include: ['refs/heads/release/*'], exclude: [] } },
        rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
      },
      ...{ answer: 'RuleSet', status: 201 },
    },
  },
  {
    ...{ method: 'get', path: ONE, access: 'rules:read', handler: getRuleSet },
    api: { tag, id: 'repoGetRuleSet', summary: 'Get a rule set', answer: 'RuleSet' },
  },
  {
    ...{ method: 'put', path: ONE, access: 'rules:manage', handler: putRuleSet },
    api: {
      ...{ tag, id: 'repoUpdateRuleSet', summary: 'Change a rule set', body: ruleSetBody },
      about: 'What is left out stays as it is.',
      ...{ example: { enforcement: 'disabled' }, answer: 'RuleSet' },
    },
  },
  {
    ...{ method: 'delete', path: ONE, access: 'rules:manage', handler: removeRuleSet },
    api: { tag, id: 'repoDeleteRuleSet', summary: 'Delete a rule set', answer: 'none' },
  },
  {
    path: `${AT}/rules/branches/:branch{.+}`,
    ...{ method: 'get', access: 'rules:read', handler: getApplied },
    api: {
      ...{ tag, id: 'repoGetBranchRules', summary: 'List the rules that hold for a branch' },
      answer: 'AppliedRule[]',
    },
  },
];

async function getRuleSets(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(await present(c, open, await ruleSetsOf(c.var.app, c.var.actor, open)));
}

async function present(c: WebContext, open: OpenRepository, sets: readonly RuleSet[]) {
  const { app } = c.var;
  const isManager = permissionIncludes(open.permission, 'admin');
  const named = isManager ? await namesOf(app, sets.flatMap(peopleOf)) : new Map();
  const people = new Map([...named].map(([id, { name }]) => [id, name]));
  return sets.map((set) => ruleSetJson(app, open, set, { isManager, people }));
}

async function answer(c: WebContext, open: OpenRepository, set: RuleSet, status: 200 | 201 = 200) {
  const [body] = await present(c, open, [set]);
  return c.json(body, status);
}

async function getRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  return answer(c, open, await setAt(c, open));
}

async function postRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  const input = parseRuleJson(await bodyOf(c, newRuleSetBody));
  return answer(c, open, await saveRuleSet(c.var.app, c.var.actor, open, undefined, input), 201);
}

async function putRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  const set = await setAt(c, open);
  const [known] = await present(c, open, [set]);
  const input = parseRuleJson({ ...(await bodyOf(c, ruleSetBody)), target: set.target }, known);
  return answer(c, open, await saveRuleSet(c.var.app, c.var.actor, open, set.id, input));
}

async function removeRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  const set = await setAt(c, open);
  await deleteRuleSet(c.var.app, c.var.actor, open, set.id);
  return c.body(null, 204);
}

async function getApplied(c: WebContext, open: OpenRepository): Promise<Response> {
  const rules = await rulesFor(c.var.app, open, `refs/heads/${c.req.param('branch') ?? ''}`);
  return c.json(appliedJson(open, rules));
}

function setAt(c: WebContext, open: OpenRepository): Promise<RuleSet> {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('rule set');
  return requireRuleSet(c.var.app, c.var.actor, open, Number(id));
}
