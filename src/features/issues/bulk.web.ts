// Changing several issues at once: one form on the list; where there is something to choose, a page (or a dialog) of its own.
import { AppError, isAppError } from '../../base/errors.ts';
import { readFormEntries } from '../../platform/web/forms.ts';
import { fragment, page, redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { assignablePeople } from './assignees.service.ts';
import { type BulkChange, type BulkResult, changeIssues, holdingsOf } from './bulk.service.ts';
import { labelsFor } from './labels.service.ts';
import { type ListKind, listKindOf } from './list-kinds.web.ts';
import { listMilestones } from './milestones.service.ts';

/** What was submitted, as far as it is known. */
interface BulkForm {
  fields: Map<string, string[]>;
  numbers: number[];
  back: string;
}

const CHOICES = {
  labels: 'Label',
  milestone: 'Milestone',
  assignees: 'Assign',
} as const;
type Choice = keyof typeof CHOICES;

/** Refused issues that the message names; the others are counted. */
const MOST_NAMED = 3;
const MOST_PEOPLE = 100;

/** Does what was asked with the selected issues, or shows what there is to choose from. */
export async function postBulk(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readBulk(c, open);
  const doing = form.fields.get('do')?.[0] ?? '';
  try {
    if (isChoice(doing)) return await answerChoice(c, open, form, doing);
    const result = await changeIssues(c.var.app, c.var.actor, open, form.numbers, changeOf(form, doing));
    return redirectWithMessage(
      c,
      form.back,
      messageOf(result, listKindOf(c)),
      result.refused.length > 0 ? 'error' : 'success',
    );
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return redirectWithMessage(c, form.back, error.message, 'error');
  }
}

async function readBulk(c: WebContext, open: OpenRepository): Promise<BulkForm> {
  const fields = new Map<string, string[]>();
  for (const [name, value] of await readFormEntries(c))
    fields.set(name, [...(fields.get(name) ?? []), value]);
  return {
    fields,
    numbers: idsOf(fields.get('issue')),
    back: backTo(`${open.path}/${listKindOf(c)}`, fields.get('back')?.[0] ?? ''),
  };
}

/** The list the form came from, built anew: nothing but a query and a place in it comes from outside. */
function backTo(listAddress: string, text: string): string {
  const asked = new URLSearchParams(text.slice(0, 4000));
  const kept = new URLSearchParams();
  for (const name of ['q', 'after', 'before']) {
    const value = asked.get(name);
    if (value !== null) kept.set(name, value);
  }
  return `${listAddress}${kept.size > 0 ? `?${kept}` : ''}`;
}

function idsOf(values: readonly string[] = []): number[] {
  const ids = values.filter((value) => /^[1-9]\d{0,14}$/.test(value)).map(Number);
  return [...new Set(ids)];
}

function isChoice(text: string): text is Choice {
  return Object.hasOwn(CHOICES, text);
}

function changeOf({ fields }: BulkForm, doing: string): BulkChange {
  if (doing === 'reopen') return { kind: 'reopen' };
  if (doing === 'close') return { kind: 'close', reason: 'completed' };
  if (doing === 'completed' || doing === 'not_planned') return { kind: 'close', reason: doing };
  if (doing === 'set-labels') return { kind: 'labels', ...differenceOf(fields) };
  if (doing === 'set-assignees') return { kind: 'assignees', ...differenceOf(fields) };
  if (doing === 'set-milestone') return { kind: 'milestone', id: idsOf(fields.get('milestone'))[0] ?? null };
  throw new AppError('invalid', 'Choose what to do with the selected issues.');
}

/** What all had and is no longer checked goes; what only some had is left alone unless it was chosen. */
function differenceOf(fields: BulkForm['fields']): { add: number[]; remove: number[] } {
  const [set, had, mixed] = [idsOf(fields.get('set')), idsOf(fields.get('had')), fields.get('mixed') ?? []];
  const chosen = (word: string) =>
    idsOf(mixed.filter((value) => value.startsWith(word)).map((value) => value.slice(word.length)));
  return {
    add: [...set.filter((id) => !had.includes(id)), ...chosen('add-')],
    remove: [...had.filter((id) => !set.includes(id)), ...chosen('remove-')],
  };
}

function messageOf({ changed, refused }: BulkResult, kind: ListKind): string {
  const noun = kind === 'pulls' ? 'pull request' : 'issue';
  const done = `${changed} ${noun}${changed === 1 ? ' was' : 's were'} changed.`;
  if (refused.length === 0) return done;
  const named = refused.slice(0, MOST_NAMED).map(({ number, why }) => `#${number}: ${why}`);
  const more = refused.length - named.length;
  return `${done} ${refused.length} could not be changed. ${named.join(' ')}${more > 0 ? ` And ${more} more.` : ''}`;
}

async function answerChoice(
  c: WebContext,
  open: OpenRepository,
  form: BulkForm,
  choice: Choice,
): Promise<Response> {
  const items =
    choice === 'milestone' ? await milestoneItems(c, open, form) : await heldItems(c, open, form, choice);
  const model = {
    choice,
    heading: CHOICES[choice],
    items,
    numbers: form.numbers,
    count: form.numbers.length,
    noun: listKindOf(c) === 'pulls' ? 'pull request' : 'issue',
    action: `${open.path}/${listKindOf(c)}/bulk`,
    backHref: form.back,
    back: form.back.slice(form.back.indexOf('?') + 1),
  };
  if (form.fields.get('part')?.[0] === '1') return fragment(c, 'issues/bulk-dialog', model);
  const title = `${CHOICES[choice]} · ${open.path.slice(1)}`;
  return page(c, 'issues/bulk', { title, repo: repositoryFrame(open, listKindOf(c)), ...model });
}

async function milestoneItems(c: WebContext, open: OpenRepository, { numbers }: BulkForm) {
  // Judges, and that something is selected.
  await holdingsOf(c.var.app, c.var.actor, open, numbers, 'labels');
  const milestones = await listMilestones(c.var.app, open, 'open');
  return milestones.map(({ id, title }) => ({ id, text: title }));
}

async function heldItems(
  c: WebContext,
  open: OpenRepository,
  { numbers }: BulkForm,
  choice: 'labels' | 'assignees',
) {
  const { app, actor } = c.var;
  const { count, holdings } = await holdingsOf(app, actor, open, numbers, choice);
  const choices =
    choice === 'labels'
      ? (await labelsFor(app, open)).map((label) => ({ id: label.id, text: label.name, label }))
      : (
          await assignablePeople(app, open, undefined, {
            limit: MOST_PEOPLE,
            isPull: listKindOf(c) === 'pulls',
          })
        ).map((person) => ({
          id: person.id,
          text: person.name,
          person,
        }));
  return choices.map((item) => {
    const held = holdings.get(item.id) ?? 0;
    return { ...item, held, all: held > 0 && held === count, some: held > 0 && held < count };
  });
}
