// What somebody filled into an issue form: read, checked, and made into the Markdown that GitHub makes of it.
import type { FieldErrors } from '../../base/errors.ts';
import { fenced } from './contained-markdown.service.ts';
import { LONGEST_BODY, LONGEST_TITLE } from './issues.types.ts';
import type { IssueForm, Question } from './templates.types.ts';

/** Values per question by its key: one of texts, several of choices. */
export interface Answers {
  title: string;
  values: ReadonlyMap<string, readonly string[]>;
}

/** The longest answer of one line. */
const LONGEST_INPUT = 2000;

/** What an empty form shows: the texts the template has, and over them what the address names by ids of elements. */
export function firstAnswers(form: IssueForm, named: ReadonlyMap<string, string>): Answers {
  const values = new Map<string, readonly string[]>();
  for (const question of questionsOf(form)) {
    const text = question.id === undefined ? undefined : named.get(question.id);
    values.set(question.key, text === undefined ? startOf(question) : namedValues(question, text));
  }
  return { title: named.get('title') ?? form.title, values };
}

function startOf(question: Question): readonly string[] {
  if (question.type === 'dropdown') return question.chosen === undefined ? [] : [question.chosen];
  return question.type === 'checkboxes' ? [] : [question.value];
}

/** Of choices, options with commas between them; what is no option is left out. */
function namedValues(question: Question, text: string): readonly string[] {
  if (question.type === 'input' || question.type === 'textarea') return [text];
  const labels = optionsOf(question);
  const wanted = labels.includes(text) ? [text] : text.split(',').map((one) => one.trim());
  const found = labels.filter((label) => wanted.includes(label));
  return question.type === 'dropdown' && !question.takesSeveral ? found.slice(0, 1) : found;
}

/** The answers in the fields of the form as it was sent. */
export function readAnswers(form: IssueForm, sent: (name: string) => readonly string[]): Answers {
  const values = new Map<string, readonly string[]>();
  for (const question of questionsOf(form)) values.set(question.key, tidied(question, sent(question.key)));
  return { title: sent('title').at(-1) ?? '', values };
}

function tidied(question: Question, values: readonly string[]): readonly string[] {
  const texts = values.map((value) => value.toWellFormed().replace(/\r\n?/g, '\n'));
  if (question.type === 'textarea') return texts.slice(-1);
  if (question.type === 'input') return texts.slice(-1).map(oneLine);
  return [...new Set(texts.filter((text) => text !== ''))];
}

function oneLine(text: string): string {
  return text.includes('\n')
    ? text
        .split('\n', 1000)
        .map((line) => line.trim())
        .join(' ')
    : text;
}

/** A message per field that is wrong, by the names of fields. */
export function faultsOf(form: IssueForm, answers: Answers): FieldErrors {
  const faults: FieldErrors = {};
  const title = faultOfTitle(form, answers.title);
  if (title) faults.title = title;
  for (const question of questionsOf(form)) {
    const fault = faultOf(question, answers.values.get(question.key) ?? []);
    if (fault) faults[question.key] = fault;
  }
  if (Object.keys(faults).length === 0) Object.assign(faults, faultOfLength(form, answers));
  return faults;
}

function faultOfTitle(form: IssueForm, title: string): string | undefined {
  const text = title.trim();
  if (text === '') return 'Give the issue a title.';
  if (text === form.title.trim()) return 'Say in the title what it is about.';
  return text.length > LONGEST_TITLE ? `A title has at most ${LONGEST_TITLE} characters.` : undefined;
}

function faultOf(question: Question, values: readonly string[]): string | undefined {
  if (question.type === 'dropdown') return faultOfChoice(question, values);
  if (question.type === 'checkboxes') return faultOfBoxes(question, values);
  const text = values[0] ?? '';
  if (question.isRequired && text.trim() === '') return `Fill in “${question.label}”.`;
  const most = question.type === 'input' ? LONGEST_INPUT : LONGEST_BODY;
  if (text.length > most) return `“${question.label}” has at most ${most.toLocaleString('en')} characters.`;
  if (question.type === 'input' && question.isNumber && text.trim() !== '' && !isNumber(text))
    return `“${question.label}” must be a number.`;
  return undefined;
}

function isNumber(text: string): boolean {
  return /^[+-]?\d{1,100}(?:\.\d{1,100})?$/.test(text.trim());
}

function faultOfChoice(
  question: Question & { type: 'dropdown' },
  values: readonly string[],
): string | undefined {
  if (question.isRequired && values.length === 0) return `Choose something for “${question.label}”.`;
  if (values.length > 1 && !question.takesSeveral) return `Choose one thing for “${question.label}”.`;
  const isOffered = values.every((value) => question.options.includes(value));
  return isOffered ? undefined : `Choose for “${question.label}” from what is offered.`;
}

function faultOfBoxes(
  { label, isRequired, options }: Question & { type: 'checkboxes' },
  values: readonly string[],
): string | undefined {
  if (!values.every((value) => options.some((option) => option.label === value)))
    return `Tick for “${label}” what is offered.`;
  if (options.some((option) => option.isRequired && !values.includes(option.label)))
    return `Tick everything that is marked as required for “${label}”.`;
  return isRequired && values.length === 0 ? `Tick something for “${label}”.` : undefined;
}

/** All of them together are one text; the longest answer is named. */
function faultOfLength(form: IssueForm, answers: Answers): FieldErrors {
  if (markdownOf(form, answers).length <= LONGEST_BODY) return {};
  const lengthOf = ({ key }: Question) => answers.values.get(key)?.join('').length ?? 0;
  const [longest] = questionsOf(form).toSorted((one, other) => lengthOf(other) - lengthOf(one));
  const most = LONGEST_BODY.toLocaleString('en');
  return longest
    ? { [longest.key]: `The answers together have at most ${most} characters. Shorten this one.` }
    : {};
}

/** The issue's text: a heading per question with its answer below. */
export function markdownOf(form: IssueForm, { values }: Answers): string {
  return questionsOf(form)
    .map((question) => `### ${question.label}\n\n${answered(question, values.get(question.key) ?? [])}`)
    .join('\n\n');
}

const NOTHING = '_No response_';

function answered(question: Question, values: readonly string[]): string {
  if (question.type === 'checkboxes')
    return question.options
      .map(({ label }) => `- [${values.includes(label) ? 'x' : ' '}] ${label}`)
      .join('\n');
  if (question.type === 'dropdown') {
    // In the order of the options, whatever order they came in.
    return question.options.filter((option) => values.includes(option)).join(', ') || NOTHING;
  }
  const text = (values[0] ?? '').replace(/^\n+/, '').trimEnd();
  if (text.trim() === '') return NOTHING;
  if (question.type === 'textarea' && question.render !== undefined) return fenced(text, question.render);
  return text;
}

/** The elements that ask for something. */
export function questionsOf(form: IssueForm): Question[] {
  return form.elements.filter((element) => element.type !== 'markdown');
}

function optionsOf(question: Question & { type: 'dropdown' | 'checkboxes' }): string[] {
  return question.type === 'dropdown' ? [...question.options] : question.options.map(({ label }) => label);
}

/** Whether files may be put into its answer: not into what is kept as it is. */
export function takesFiles(question: Question): boolean {
  return question.type === 'textarea' && question.render === undefined;
}

/** Whether its answer is Markdown. */
export function takesMarkdown(question: Question): boolean {
  return question.type === 'input' || takesFiles(question);
}
