// Two versions of a picture: beside each other, one wiped over the other, or one shining through the other.
import { closestTo } from './fragments.ts';

/** Starts to listen for the buttons and the slider. */
export function startImages(): void {
  document.addEventListener('click', (event) => {
    const button = closestTo<HTMLElement>(event, '[data-image-mode]');
    const images = button?.closest<HTMLElement>('[data-images]');
    if (!button || !images) return;
    for (const other of images.querySelectorAll('[data-image-mode]'))
      other.setAttribute('aria-pressed', String(other === button));
    images.dataset.images = button.dataset.imageMode;
    const slider = images.querySelector<HTMLInputElement>('.diff-image-slider');
    if (slider) slider.hidden = images.dataset.images === 'side';
    show(images);
  });
  document.addEventListener('input', (event) => {
    const images = closestTo<HTMLElement>(event, '.diff-image-slider')?.closest<HTMLElement>('[data-images]');
    if (images) show(images);
  });
  document.addEventListener('load', (event) => noteSize(event.target), true);
  for (const image of document.querySelectorAll('.diff-image img')) noteSize(image);
}

function show(images: HTMLElement): void {
  const after = images.querySelector<HTMLElement>('.is-after');
  const share = images.querySelector<HTMLInputElement>('.diff-image-slider')?.value ?? '50';
  if (!after) return;
  const mode = images.dataset.images;
  after.style.clipPath = mode === 'swipe' ? `inset(0 0 0 ${100 - Number(share)}%)` : '';
  after.style.opacity = mode === 'onion' ? String(Number(share) / 100) : '';
}

function noteSize(target: EventTarget | null): void {
  if (!(target instanceof HTMLImageElement) || !target.complete || target.naturalWidth === 0) return;
  const note = target.closest('.diff-image')?.querySelector('[data-image-size]');
  if (note) note.textContent = `${target.naturalWidth} × ${target.naturalHeight}`;
}
