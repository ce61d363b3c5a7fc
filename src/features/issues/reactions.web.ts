// The buttons below texts that react, and the choice of reactions: a page of its own, or a fragment for scripts.
import { invalid } from '../../base/errors.ts';
import { fragment, page, readForm } from '../../platform/web/page.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { requirePerson } from './changing.service.ts';
import { findComment } from './comments.service.ts';
import { ISSUE, issueAt, nameOf, tabOf } from './issue-requests.web.ts';
import type { IssueRow } from './issues.types.ts';
import { parseReaction, react, reactionsOf } from './reactions.service.ts';
import { REACTIONS } from './reactions.types.ts';

const AT = `${ISSUE}/reactions`;

export const reactionRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: AT, access: 'issues:comment', handler: getReactions },
  { method: 'post', path: AT, access: 'issues:comment', handler: postReaction },
];

async function getReactions(c: WebContext, open: OpenRepository): Promise<Response> {
  requirePerson(c.var.actor);
  const issue = await issueAt(c, open);
  const entryId = await entryOf(c, issue, c.req.query('comment'));
  const model = await modelOf(c, open, issue, entryId);
  const given = new Set(model.reactions.filter(({ isMine }) => isMine).map(({ content }) => content));
  const choices = REACTIONS.map((one) => ({ ...one, isMine: given.has(one.content) }));
  const back = localReturnAddress(c.req.query('back'));
  const chosen = { ...model, choices, back: back === '/' ? model.textHref : back };
  if (isFragment(c)) return fragment(c, 'issues/reaction-choices', chosen);
  return page(c, 'issues/reacting', {
    title: `React · ${nameOf(issue)} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, tabOf(issue)),
    ...chosen,
  });
}

async function postReaction(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  requirePerson(actor);
  const issue = await issueAt(c, open);
  const form = await readForm(c);
  const entryId = await entryOf(c, issue, form.comment);
  const isGiven = form.remove === undefined;
  const content = parseReaction(isGiven ? form.add : form.remove);
  await react(app, actor, open, issue, { entryId, content, isGiven });
  const model = await modelOf(c, open, issue, entryId);
  if (isFragment(c)) return fragment(c, 'issues/reactions', model);
  const back = localReturnAddress(form.back);
  return c.redirect(back === '/' ? model.textHref : `${back}#${model.anchor}`, 303);
}

/** What the partial `issues/reactions` shows. */
async function modelOf(c: WebContext, open: OpenRepository, issue: IssueRow, entryId: number) {
  const { app, actor } = c.var;
  const href = issueHref(open.path, issue);
  const anchor = entryId === 0 ? `issue-${issue.number}` : `issuecomment-${entryId}`;
  const reactions = (await reactionsOf(app, actor, issue.id, [entryId])).get(entryId) ?? [];
  const reactionsHref = `${href}/reactions`;
  return { reactions, reactionsHref, entryId, canReact: true, anchor, textHref: `${href}#${anchor}` };
}

/** The comment asked for, which is one of the issue; 0 for its own text. */
async function entryOf(c: WebContext, issue: IssueRow, text: string | undefined): Promise<number> {
  if (text === undefined || text === '' || text === '0') return 0;
  const id = Number(text);
  if (!Number.isSafeInteger(id)) throw invalid({ comment: 'Name a comment by its number.' });
  return (await findComment(c.var.app, issue, id)).id;
}

/** Scripts ask for the part of the page alone. */
function isFragment(c: WebContext): boolean {
  return c.req.query('fragment') === '1';
}
