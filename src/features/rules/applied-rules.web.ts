// What rules hold for a branch or tag, for everybody who may read the code.
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { visibleText } from '../code/paths.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { patternWords, ruleLines } from './rules.present.ts';
import { activeSets, bypassOf, rulesFor } from './rules.service.ts';
import type { Bypass, RuleSet } from './rules.types.ts';

export const appliedRuleRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: '/:owner/:repo/rules', access: 'rules:read', handler: getRules },
];

const LONGEST = 1000;

async function getRules(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const ref = refOf(c.req.query('ref') ?? '', open);
  const [rules, all] = await Promise.all([rulesFor(app, open, ref), activeSets(app, open.repository.id)]);
  const bypass = await bypassOf(app, open, rules);
  const isManager = permissionIncludes(open.permission, 'admin');
  return page(c, 'rules/applied', {
    title: `Rules · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    ref: visibleText(ref.replace(/^refs\/heads\//, '')),
    isTag: ref.startsWith('refs/tags/'),
    lines: ruleLines(rules),
    sets: rules.sets.map((set) => ({ ...setItem(open, set, isManager), bypass: bypassWords(set, bypass) })),
    others: all
      .filter(({ id }) => !rules.sets.some((set) => set.id === id))
      .map((set) => setItem(open, set, isManager)),
    settingsHref: isManager ? `${open.path}/settings/rules` : undefined,
  });
}

/** A ref as it was typed or linked: a name means a branch. */
function refOf(text: string, open: OpenRepository): string {
  const name = text.trim().slice(0, LONGEST) || open.repository.defaultBranch;
  return /^refs\/(?:heads|tags)\//.test(name) ? name : `refs/heads/${name}`;
}

function setItem(open: OpenRepository, set: RuleSet, isManager: boolean) {
  return {
    name: set.name,
    href: isManager ? `${open.path}/settings/rules/${set.id}` : undefined,
    target: set.target,
    patterns: patternWords(set),
    lines: ruleLines(set.rules),
  };
}

function bypassWords({ id }: RuleSet, { byPush, byMerge }: Bypass): string | undefined {
  if (byPush.has(id)) return 'You may bypass these rules.';
  return byMerge.has(id) ? 'You may bypass these rules by merging a pull request.' : undefined;
}
