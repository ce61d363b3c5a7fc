// Applies suggestions that were chosen on a pull request's pages: one by its own button, or several together.
import { isAppError } from '../../base/errors.ts';
import { readFormValues } from '../../platform/web/forms.ts';
import { readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { issueHref } from '../issues/addresses.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import { applySuggestions } from './suggestions.service.ts';
import type { ChosenSuggestion } from './suggestions.types.ts';

export const suggestionRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: `${PULL}/suggestions`,
    access: 'pulls:comment',
    expensive: true,
    handler: postSuggestions,
  },
];

async function postSuggestions(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { message, back } = await readForm(c);
  const chosen = (await readFormValues(c, 'suggestion')).flatMap(chosenIn);
  const href = issueHref(open.path, pull.issue);
  const to = back === 'files' ? `${href}/files` : href;
  try {
    await applySuggestions(app, actor, open, pull, { chosen, message });
  } catch (error) {
    // Nothing typed is lost but a message: the page shows what stands there now.
    if (!isAppError(error, 'invalid', 'conflict')) throw error;
    return redirectWithMessage(c, to, error.message, 'error');
  }
  const said =
    chosen.length === 1 ? 'The suggestion was applied.' : `${chosen.length} suggestions were applied.`;
  return redirectWithMessage(c, to, said);
}

/** `<entry>:<index>:<version of the text>`. */
function chosenIn(text: string): ChosenSuggestion[] {
  const [, entryId, index, version] = /^([1-9]\d{0,14}):(\d{1,3}):(\d{1,9})$/.exec(text) ?? [];
  if (entryId === undefined) return [];
  return [{ entryId: Number(entryId), index: Number(index), version: Number(version) }];
}
