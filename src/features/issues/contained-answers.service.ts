// Answers of forms that cannot reach into those below them: what is risky is rendered with a heading behind it, and must
// leave that heading alone.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { fenced, withFenceClosed } from './contained-markdown.service.ts';
import { type Answers, questionsOf, takesMarkdown } from './form-answers.service.ts';
import type { IssueForm } from './templates.types.ts';

/** Renders texts as comments; undefined for each that took too long. */
export type RenderAll = (sources: readonly string[]) => Promise<readonly (string | undefined)[]>;

/** What the worker makes of texts. */
export function rendererOf(app: App, open: Pick<OpenRepository, 'path'>): RenderAll {
  const place = { repository: open.path, origin: app.publicUrl() };
  return async (sources) => {
    const comments = sources.map((source) => ({ source, idPrefix: '' }));
    const made = await app.highlighter.comments(comments, place);
    return typeof made === 'string' ? sources.map(() => undefined) : made.map(({ html }) => html);
  };
}

/** Only these marks can leave anything open. */
const RISKY = /[<`~]/;

/** From what changes an answer least to what always holds. */
const WAYS: readonly ((text: string) => string)[] = [
  (text) => text,
  withFenceClosed,
  (text) => withFenceClosed(text.replaceAll('<', '\\<')),
];

/** The answers, changed as little as it takes for each to end where it ends. */
export async function containedAnswers(
  form: IssueForm,
  answers: Answers,
  render: RenderAll,
): Promise<Answers> {
  const values = new Map(answers.values);
  let left = questionsOf(form)
    .filter((question) => takesMarkdown(question) && RISKY.test(values.get(question.key)?.[0] ?? ''))
    .map(({ key }) => ({ key, text: values.get(key)?.[0] ?? '' }));
  for (const way of WAYS) {
    if (left.length === 0) break;
    const tried = left.map(({ text }) => way(text));
    const ends = await endThemselves(tried, render);
    left.forEach(({ key }, place) => {
      if (ends[place]) values.set(key, [tried[place] ?? '']);
    });
    left = left.filter((_, place) => !ends[place]);
  }
  for (const { key, text } of left) values.set(key, [fenced(text, '')]);
  return { ...answers, values };
}

const BEHIND = 'what stands behind an answer';
const HEADING = `<h3>${BEHIND}</h3>`;

async function endThemselves(texts: readonly string[], render: RenderAll): Promise<boolean[]> {
  // As it will stand: below a heading.
  const rendered = await render(texts.map((text) => `### x\n\n${text}\n\n### ${BEHIND}`));
  return rendered.map((html) => {
    const at = html?.lastIndexOf(HEADING) ?? -1;
    return html !== undefined && at !== -1 && isBalanced(html.slice(0, at));
  });
}

const VOID = new Set(['br', 'hr', 'img', 'input', 'wbr', 'source', 'col', 'area', 'track']);

/** Whether as many elements are closed as are opened; the sanitizer leaves none that overlap. */
function isBalanced(html: string): boolean {
  let depth = 0;
  for (const [, close, name = '', empty] of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)[^<>]*?(\/?)>/gi)) {
    if (VOID.has(name.toLowerCase()) || empty) continue;
    depth += close ? -1 : 1;
  }
  return depth === 0;
}
