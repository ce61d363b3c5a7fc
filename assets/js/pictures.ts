// Pictures of a repository: their size in pixels, zoom, and what they are laid on.

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  const picture = button?.closest('.blob-box')?.querySelector<HTMLElement>('[data-zooms]');
  if (!(button instanceof HTMLElement) || !picture) return;
  const { zoom, ground } = button.dataset;
  if (zoom !== undefined) showZoom(picture, zoom);
  if (ground !== undefined) picture.dataset.shownGround = ground;
  if (zoom === undefined && ground === undefined) return;
  for (const other of button.parentElement?.children ?? [])
    other.setAttribute('aria-pressed', String(other === button));
});

function showZoom(picture: HTMLElement, zoom: string): void {
  picture.dataset.shownZoom = zoom;
  const image = picture.querySelector('img');
  if (image) image.style.width = zoom === 'fit' ? '' : `${image.naturalWidth * Number(zoom)}px`;
}

document.addEventListener('turbo:load', () => {
  const image = document.querySelector<HTMLImageElement>('[data-zooms] img');
  if (!image) return;
  if (image.complete) showSize(image);
  else image.addEventListener('load', () => showSize(image), { once: true });
});

function showSize(image: HTMLImageElement): void {
  const place = document.querySelector('[data-image-size]');
  if (place && image.naturalWidth > 0)
    place.textContent = `${image.naturalWidth} × ${image.naturalHeight} pixels`;
}
