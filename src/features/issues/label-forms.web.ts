// The forms of labels, the same for repositories and organizations.
import { type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import { readForm } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';

/** A form that was refused: which one, what was typed, and what is wrong with it. */
export interface EditedLabel {
  id: number | 'new';
  form: LabelForm;
  errors: FieldErrors;
}

export interface LabelForm {
  name: string;
  description: string;
  color: string;
  isExclusive: boolean;
}

/** What the form of a new label holds at first. */
export const NEW_LABEL: LabelForm = { name: '', description: '', color: '0969da', isExclusive: false };

/** Runs `save` on what was sent; where a field is refused, `answer` shows the form again. */
export async function saveLabel(
  c: WebContext,
  id: number | 'new',
  save: (form: LabelForm) => Promise<Response>,
  answer: (edited: EditedLabel) => Promise<Response>,
): Promise<Response> {
  const fields = await readForm(c);
  const form: LabelForm = {
    name: fields.name ?? '',
    description: fields.description ?? '',
    color: (fields.color ?? '').replace(/^#/, ''),
    isExclusive: fields.exclusive === 'on',
  };
  try {
    return await save(form);
  } catch (error) {
    if (!isAppError(error, 'invalid', 'conflict') || !error.fields) throw error;
    return answer({ id, form, errors: error.fields });
  }
}

/** The label that the address names; throws AppError not_found. */
export function labelIdOf(c: WebContext): number {
  const text = c.req.param('label') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('label');
  return Number(text);
}

/** The words searched for in a list of labels. */
export function wordsOf(c: WebContext): string {
  return (c.req.query('q') ?? '').slice(0, 100).trim();
}
