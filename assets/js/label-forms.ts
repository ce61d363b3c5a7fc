// Forms of labels show the label as one types; the server draws it the same way, see templates/issues/label.eta.

document.addEventListener('input', (event) => {
  const form =
    event.target instanceof Element ? event.target.closest<HTMLFormElement>('[data-label-form]') : null;
  if (form) preview(form);
});

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-random-color]') : null;
  const form = button?.closest<HTMLFormElement>('[data-label-form]');
  const field = form?.querySelector<HTMLInputElement>('input[name="color"]');
  if (!form || !field) return;
  field.value = `#${Math.floor(Math.random() * 0x1000000)
    .toString(16)
    .padStart(6, '0')}`;
  preview(form);
});

function preview(form: HTMLFormElement): void {
  const value = (name: string) => form.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.value ?? '';
  const label = form.querySelector('[data-label-preview] .issue-label');
  const text = label?.querySelector('.issue-label-name');
  if (!label || !text) return;
  const color = value('color');
  label.querySelector('rect')?.setAttribute('fill', color);
  label.querySelector('.issue-label-scope')?.nextElementSibling?.remove();
  label.querySelector('.issue-label-scope')?.remove();
  text.textContent = value('name').trim() || 'Label preview';
  const isDark = isReadableInWhite(color);
  label.classList.toggle('issue-label-white', isDark);
  label.classList.toggle('issue-label-black', !isDark);
}

/** The rule of src/base/contrast.ts: white where it has a contrast of 4.5:1. */
function isReadableInWhite(color: string): boolean {
  const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((share) =>
    share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4,
  );
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5;
}
