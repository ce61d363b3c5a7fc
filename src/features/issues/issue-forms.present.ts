// Issue forms as pages show them: labels and descriptions rendered by the one sanitizer, values and errors beside them.
import type { FieldErrors } from '../../base/errors.ts';
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { encodePath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Answers } from './form-answers.service.ts';
import type { FormElement, IssueForm, Question } from './templates.types.ts';

interface OptionModel {
  value: string;
  labelHtml: SafeHtml;
  isChosen: boolean;
  isRequired: boolean;
}

export type ElementModel =
  | { type: 'markdown'; bodyHtml: SafeHtml }
  | {
      type: Question['type'];
      /** The field's name. */
      key: string;
      label: string;
      descriptionHtml: SafeHtml | undefined;
      isRequired: boolean;
      error: string | undefined;
      value: string;
      placeholder: string;
      options: OptionModel[];
      takesSeveral: boolean;
      isNumber: boolean;
      /** Whether its text is kept as it is, in a fenced block. */
      isRendered: boolean;
    };

/** The elements of a form, in their order. */
export async function elementModels(
  app: App,
  open: OpenRepository,
  form: IssueForm,
  answers: Answers,
  errors: FieldErrors,
): Promise<ElementModel[]> {
  const render = renderer(app, open, form);
  return Promise.all(form.elements.map((element) => elementModel(element, render, answers, errors)));
}

type Render = (text: string) => Promise<SafeHtml>;

function renderer(app: App, open: OpenRepository, { oid, path }: IssueForm): Render {
  const directory = path.split('/').slice(0, -1).join('/');
  const place = {
    repository: open.path,
    revision: encodePath(open.repository.defaultBranch),
    directory: encodePath(directory),
  };
  return (source) => app.highlighter.markdown({ source, place, oid: `${oid}\0${source}` });
}

async function elementModel(
  element: FormElement,
  render: Render,
  { values }: Answers,
  errors: FieldErrors,
): Promise<ElementModel> {
  if (element.type === 'markdown') return { type: 'markdown', bodyHtml: await render(element.value) };
  const { type, key, label, description, isRequired } = element;
  const chosen = values.get(key) ?? [];
  return {
    type,
    key,
    label,
    descriptionHtml: description.trim() === '' ? undefined : await render(description),
    isRequired,
    error: errors[key],
    value: chosen[0] ?? '',
    placeholder: 'placeholder' in element ? element.placeholder : '',
    options: await optionModels(element, render, chosen),
    takesSeveral: type === 'dropdown' && element.takesSeveral,
    isNumber: type === 'input' && element.isNumber,
    isRendered: type === 'textarea' && element.render !== undefined,
  };
}

async function optionModels(
  question: Question,
  render: Render,
  chosen: readonly string[],
): Promise<OptionModel[]> {
  if (question.type === 'dropdown')
    return question.options.map((value) => ({
      value,
      labelHtml: escapeHtml(value),
      isChosen: chosen.includes(value),
      isRequired: false,
    }));
  if (question.type !== 'checkboxes') return [];
  return Promise.all(
    question.options.map(async ({ label, isRequired }) => ({
      value: label,
      labelHtml: await inlineHtml(label, render),
      isChosen: chosen.includes(label),
      isRequired,
    })),
  );
}

const SPECIAL = /[*_`[\]<>:@#!~\\&/]/;
const PARAGRAPH = /^\s*<p(?:\s[^<>]*)?>(.*)<\/p>\s*$/s;

/** A label's Markdown without its paragraph; as plain text where it makes anything else. */
async function inlineHtml(label: string, render: Render): Promise<SafeHtml> {
  if (!SPECIAL.test(label)) return escapeHtml(label);
  const [, inner] = PARAGRAPH.exec(await render(label)) ?? [];
  return inner === undefined || /<(?:p|div|ul|ol|table|h[1-6]|pre|input)[\s>]/.test(inner)
    ? escapeHtml(label)
    : (inner as SafeHtml);
}
