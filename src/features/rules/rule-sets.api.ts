// Rule sets in the REST API, in the shape of GitHub's rulesets.
import { notFound } from '../../base/errors.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { parseRuleJson } from './rule-json.input.ts';
import { deleteRuleSet, requireRuleSet, ruleSetsOf, saveRuleSet } from './rule-sets.service.ts';
import { appliedJson, peopleOf, ruleSetJson } from './rules.json.ts';
import { rulesFor } from './rules.service.ts';
import type { RuleSet } from './rules.types.ts';

const AT = '/api/v1/repos/:owner/:repo';
const SETS = `${AT}/rulesets`;
const ONE = `${SETS}/:id{[0-9]+}`;

export const ruleSetApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: SETS, access: 'rules:read', handler: getRuleSets },
  { method: 'post', path: SETS, access: 'rules:manage', handler: postRuleSet },
  { method: 'get', path: ONE, access: 'rules:read', handler: getRuleSet },
  { method: 'put', path: ONE, access: 'rules:manage', handler: putRuleSet },
  { method: 'delete', path: ONE, access: 'rules:manage', handler: removeRuleSet },
  { method: 'get', path: `${AT}/rules/branches/:branch{.+}`, access: 'rules:read', handler: getApplied },
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
  const input = parseRuleJson(await readJson(c));
  return answer(c, open, await saveRuleSet(c.var.app, c.var.actor, open, undefined, input), 201);
}

async function putRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  const set = await setAt(c, open);
  const [known] = await present(c, open, [set]);
  const input = parseRuleJson({ ...(await readJson(c)), target: set.target }, known);
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
