// The form that a composer stands in.

/** The token of the form that a composer stands in. */
export function csrfOf(composer: Element): string {
  return composer.closest('form')?.querySelector<HTMLInputElement>('input[name=csrf]')?.value ?? '';
}

/** Sends the form of a field as its main button does, or its first one. */
export function sendForm(field: HTMLTextAreaElement | null): void {
  const form = field?.form;
  const buttons = [...(form?.querySelectorAll<HTMLButtonElement>('button[type=submit]') ?? [])];
  const shown = buttons.filter((button) => !button.disabled && button.checkVisibility());
  const button = shown.find((one) => one.matches('.btn-primary')) ?? shown[0];
  if (button) form?.requestSubmit(button);
}
