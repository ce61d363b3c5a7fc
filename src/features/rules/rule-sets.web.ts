// The settings pages of rule sets.
import { isAppError, notFound } from '../../base/errors.ts';
import { readFormEntries } from '../../platform/web/forms.ts';
import { page, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { candidatesOf, checksSeen } from './candidates.service.ts';
import { entriesOf, freshEntries, peopleIn, ruleFormModel } from './rule-form.present.ts';
import { type Entries, parseRuleForm } from './rule-forms.input.ts';
import { deleteRuleSet, requireRuleSet, ruleSetsOf, saveRuleSet } from './rule-sets.service.ts';
import { patternWords, ruleLines } from './rules.present.ts';
import type { RuleSet, RuleTarget } from './rules.types.ts';

const BASE = '/:owner/:repo/settings/rules';
const ONE = `${BASE}/:id{[0-9]+}`;

export const ruleSetRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: BASE, access: 'rules:manage', handler: getRuleSets },
  { method: 'get', path: `${BASE}/new`, access: 'rules:manage', handler: getNewRuleSet },
  { method: 'post', path: `${BASE}/new`, access: 'rules:manage', handler: postNewRuleSet },
  { method: 'get', path: ONE, access: 'rules:manage', handler: getRuleSet },
  { method: 'post', path: ONE, access: 'rules:manage', handler: postRuleSet },
  { method: 'post', path: `${ONE}/removal`, access: 'rules:manage', handler: postRemoval },
];

async function getRuleSets(c: WebContext, open: OpenRepository): Promise<Response> {
  const sets = await ruleSetsOf(c.var.app, c.var.actor, open);
  return page(c, 'rules/sets', {
    title: `Rules · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    sets: sets.map((set) => ({
      ...{ id: set.id, name: set.name, target: set.target, isActive: set.isActive },
      href: `${open.path}/settings/rules/${set.id}`,
      patterns: patternWords(set),
      rules: ruleLines(set.rules).map(({ heading }) => heading),
    })),
  });
}

function getNewRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  const target = targetOf(c);
  return answerForm(c, open, { target, entries: freshEntries(target) });
}

async function getRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  const set = await setAt(c, open);
  return answerForm(c, open, { target: set.target, entries: entriesOf(set), set });
}

interface Shown {
  target: RuleTarget;
  entries: Entries;
  set?: RuleSet;
  errors?: Record<string, string>;
}

async function answerForm(c: WebContext, open: OpenRepository, shown: Shown): Promise<Response> {
  const { target, entries, set, errors = {} } = shown;
  const { app, actor } = c.var;
  const candidates = await candidatesOf(app, actor, open, peopleIn(entries));
  const seen = await checksSeen(app, open);
  const model = {
    title: `${set?.name ?? 'New rule set'} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    target,
    set: set && { id: set.id, name: set.name },
    action: `${open.path}/settings/rules/${set?.id ?? `new?target=${target}`}`,
    form: ruleFormModel(entries, target, candidates, seen),
    errors,
  };
  return page(c, 'rules/form', model, Object.keys(errors).length > 0 ? 422 : 200);
}

function postNewRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  return save(c, open, targetOf(c), undefined);
}

async function postRuleSet(c: WebContext, open: OpenRepository): Promise<Response> {
  const set = await setAt(c, open);
  return save(c, open, set.target, set);
}

async function save(
  c: WebContext,
  open: OpenRepository,
  target: RuleTarget,
  set: RuleSet | undefined,
): Promise<Response> {
  const entries = await readFormEntries(c);
  try {
    const input = parseRuleForm(entries, target);
    const saved = await saveRuleSet(c.var.app, c.var.actor, open, set?.id, input);
    return redirectWithMessage(c, `${open.path}/settings/rules`, `The rule set “${saved.name}” was saved.`);
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    const errors = error.fields ?? { name: error.message };
    return answerForm(c, open, { target, entries, errors, ...(set ? { set } : {}) });
  }
}

async function postRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  const { id } = await setAt(c, open);
  const set = await deleteRuleSet(c.var.app, c.var.actor, open, id);
  return redirectWithMessage(c, `${open.path}/settings/rules`, `The rule set “${set.name}” was deleted.`);
}

function targetOf(c: WebContext): RuleTarget {
  return c.req.query('target') === 'tag' ? 'tag' : 'branch';
}

function setAt(c: WebContext, open: OpenRepository): Promise<RuleSet> {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('rule set');
  return requireRuleSet(c.var.app, c.var.actor, open, Number(id));
}
