// Uploads of files of any size in the form of a release: in parts, several one after the other, with their progress;
// what broke off goes on from where it was, also after a reload. Without this script the form sends its files itself.

/** Bytes of one request: what a failure costs at most, and what proxies commonly let through. */
const PART = 8 * 1024 * 1024;
/** Milliseconds between tries; the last one is repeated. */
const PAUSES = [1000, 2000, 5000, 10_000, 30_000];
const MOST_TRIES = 20;

interface Upload {
  file: File;
  row: HTMLElement;
  /** Its address at the server, once it was begun. */
  address: string | undefined;
  paused: boolean;
  request: XMLHttpRequest | undefined;
}

/** The server refused: trying again would change nothing. */
class Refusal extends Error {}
class Paused extends Error {}

function start(area: HTMLElement): void {
  const input = area.querySelector<HTMLInputElement>('input[type=file]');
  if (!input || area.dataset.ready) return;
  area.dataset.ready = 'yes';
  input.addEventListener('change', () => {
    take(area, [...(input.files ?? [])]);
    // They are sent by us: the form would send them a second time.
    input.value = '';
  });
  for (const kind of ['dragenter', 'dragover'] as const)
    area.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      area.classList.add('is-target');
    });
  for (const kind of ['dragleave', 'drop', 'dragend'] as const)
    area.addEventListener(kind, () => area.classList.remove('is-target'));
  area.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(area, [...event.dataTransfer.files]);
  });
  area.closest('form')?.addEventListener('submit', (event) => {
    if (!underWay(area)) return;
    event.preventDefault();
    announce(area, 'Wait until the files are uploaded, or cancel them.', true);
  });
  for (const row of area.querySelectorAll<HTMLElement>('[data-upload]')) addRemoval(area, row);
}

function underWay(area: HTMLElement): boolean {
  return area.querySelector('[data-busy]') !== null;
}

function take(area: HTMLElement, files: File[]): void {
  for (const file of files) {
    const known = rowOf(area, file);
    const upload: Upload = {
      file,
      row: known ?? newRow(area, file),
      address: known ? addressOf(area, known.dataset.upload ?? '') : remembered(area, file),
      paused: false,
      request: undefined,
    };
    addControls(area, upload);
    upload.row.dataset.busy = 'yes';
    enqueue(area, upload);
  }
}

/** A row of an earlier upload of the same file. */
function rowOf(area: HTMLElement, file: File): HTMLElement | undefined {
  return [...area.querySelectorAll<HTMLElement>('[data-upload]')].find(
    ({ dataset }) =>
      dataset.name === file.name && Number(dataset.size) === file.size && !dataset.busy && !dataset.whole,
  );
}

const queues = new WeakMap<HTMLElement, Promise<void>>();

/** One after the other: a connection is not made faster by sharing it. */
function enqueue(area: HTMLElement, upload: Upload): void {
  const before = queues.get(area) ?? Promise.resolve();
  queues.set(
    area,
    before.then(() => run(area, upload)),
  );
}

async function run(area: HTMLElement, upload: Upload): Promise<void> {
  if (!upload.row.isConnected) return;
  for (let tries = 0; ; tries++) {
    try {
      await send(area, upload);
      return finish(area, upload);
    } catch (error) {
      if (error instanceof Paused) return;
      if (error instanceof Refusal || tries >= MOST_TRIES)
        return fail(area, upload, (error as Error).message);
      const pause = PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 1000;
      say(upload, `The connection broke off: trying again in ${Math.round(pause / 1000)} s`);
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (upload.paused || !upload.row.isConnected) return;
    }
  }
}

async function send(area: HTMLElement, upload: Upload): Promise<void> {
  let offset = upload.address === undefined ? undefined : await offsetOf(upload);
  if (offset === undefined) offset = await begin(area, upload);
  // Also at the end: what is whole is finished by a request of no bytes.
  do {
    show(upload, offset);
    offset = await sendPart(area, upload, offset);
  } while (offset < upload.file.size);
  show(upload, offset);
}

/** Where the server stands; undefined when it knows nothing of the upload any more. */
async function offsetOf(upload: Upload): Promise<number | undefined> {
  const answer = await fetch(upload.address ?? '', { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  const fits = Number(answer.headers.get('Upload-Length')) === upload.file.size;
  if (answer.ok && fits) return Number(answer.headers.get('Upload-Offset'));
  if (answer.status >= 500) throw new Error('The server is busy.');
  upload.address = undefined;
  return undefined;
}

async function begin(area: HTMLElement, upload: Upload): Promise<number> {
  const { release, uploads = '', most } = area.dataset;
  if (most && upload.file.size > Number(most)) throw new Refusal('This file is larger than is allowed here.');
  const name = btoa(String.fromCharCode(...new TextEncoder().encode(upload.file.name)));
  const answer = await fetch(release ? `${uploads}?release=${release}` : uploads, {
    method: 'POST',
    headers: {
      'Tus-Resumable': '1.0.0',
      'Upload-Length': String(upload.file.size),
      'Upload-Metadata': `filename ${name}`,
      'X-CSRF-Token': tokenOf(area),
      Accept: 'application/json',
    },
  });
  if (answer.status >= 500) throw new Error('The server is busy.');
  if (answer.status !== 201) throw new Refusal(await reasonOf(answer.status, await answer.text()));
  upload.address = answer.headers.get('Location') ?? '';
  remember(upload);
  return Number(answer.headers.get('Upload-Offset') ?? 0);
}

function sendPart(area: HTMLElement, upload: Upload, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    upload.request = request;
    request.open('PATCH', upload.address ?? '');
    request.setRequestHeader('Tus-Resumable', '1.0.0');
    request.setRequestHeader('Upload-Offset', String(offset));
    request.setRequestHeader('Content-Type', 'application/offset+octet-stream');
    request.setRequestHeader('X-CSRF-Token', tokenOf(area));
    request.upload.onprogress = ({ loaded }) => show(upload, offset + loaded);
    request.onerror = () => reject(new Error('The connection broke off.'));
    request.onabort = () => reject(new Paused());
    request.onload = () => {
      upload.request = undefined;
      const { status } = request;
      if (status === 204) return resolve(Number(request.getResponseHeader('Upload-Offset')));
      // Somewhere else, or with another request still running: asking shows where.
      if (status === 409 || status === 429 || status >= 500) return reject(new Error('The server is busy.'));
      void reasonOf(status, request.responseText).then((reason) => reject(new Refusal(reason)));
    };
    request.send(upload.file.slice(offset, offset + PART));
  });
}

/** What the server says, out of its page. */
async function reasonOf(status: number, text: string): Promise<string> {
  if (status === 404) return 'The upload or its release is gone.';
  const page = new DOMParser().parseFromString(text, 'text/html');
  const said = page.querySelector('main p')?.textContent?.trim();
  return said || `The server refused it (${status}).`;
}

function tokenOf(area: HTMLElement): string {
  return area.closest('form')?.querySelector<HTMLInputElement>('input[name=csrf]')?.value ?? '';
}

function addressOf(area: HTMLElement, token: string): string {
  return `${area.dataset.uploads}/${token}`;
}

/* What is remembered between reloads: the address of an upload by its file. */

function keyOf(area: HTMLElement, { name, size, lastModified }: File): string {
  return `upload:${area.dataset.uploads}:${area.dataset.release ?? ''}:${name}:${size}:${lastModified}`;
}

function remembered(area: HTMLElement, file: File): string | undefined {
  try {
    return localStorage.getItem(keyOf(area, file)) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(upload: Upload): void {
  const area = upload.row.closest<HTMLElement>('[data-uploads]');
  if (!area) return;
  try {
    localStorage.setItem(keyOf(area, upload.file), upload.address ?? '');
  } catch {
    // Full or forbidden: then it goes on until the next reload only.
  }
}

function forget(area: HTMLElement, file: File): void {
  try {
    localStorage.removeItem(keyOf(area, file));
  } catch {
    // As above.
  }
}

/* What is shown. */

function newRow(area: HTMLElement, file: File): HTMLElement {
  const row = document.createElement('li');
  row.className = 'box-row';
  const main = document.createElement('span');
  main.className = 'box-row-main break';
  const state = document.createElement('span');
  state.className = 'muted small';
  state.dataset.state = '';
  main.append(`${file.name} `, state);
  row.append(main);
  area.querySelector('.asset-list')?.append(row);
  return row;
}

function addControls(area: HTMLElement, upload: Upload): void {
  for (const old of upload.row.querySelectorAll('progress, button')) old.remove();
  const progress = document.createElement('progress');
  progress.max = Math.max(upload.file.size, 1);
  progress.value = 0;
  progress.setAttribute('aria-label', `Upload of ${upload.file.name}`);
  const pause = button('Pause', `Pause ${upload.file.name}`);
  pause.dataset.pause = '';
  pause.addEventListener('click', () => togglePause(area, upload, pause));
  const cancel = button('Cancel', `Cancel ${upload.file.name}`);
  cancel.addEventListener('click', () => void giveUp(area, upload.row, upload));
  upload.row.append(progress, pause, cancel);
  say(upload, 'waiting');
}

function button(text: string, label: string): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'btn btn-sm';
  made.textContent = text;
  made.setAttribute('aria-label', label);
  return made;
}

function togglePause(area: HTMLElement, upload: Upload, control: HTMLButtonElement): void {
  upload.paused = !upload.paused;
  control.textContent = upload.paused ? 'Go on' : 'Pause';
  control.setAttribute('aria-label', `${control.textContent} ${upload.file.name}`);
  if (upload.paused) {
    say(upload, 'paused');
    upload.request?.abort();
  } else enqueue(area, upload);
}

function show(upload: Upload, sent: number): void {
  const progress = upload.row.querySelector('progress');
  if (progress) progress.value = sent;
  const part =
    upload.file.size === 0 ? 100 : Math.floor((Math.min(sent, upload.file.size) / upload.file.size) * 100);
  say(upload, `${part}% of ${sizeText(upload.file.size)}`);
}

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

function say(upload: Upload, text: string): void {
  const state = upload.row.querySelector('[data-state]');
  if (state) state.textContent = text;
}

function finish(area: HTMLElement, upload: Upload): void {
  const { row, file } = upload;
  for (const control of row.querySelectorAll('progress, button')) control.remove();
  delete row.dataset.busy;
  row.dataset.whole = 'yes';
  say(upload, `${sizeText(file.size)}, uploaded`);
  forget(area, file);
  const token = (upload.address ?? '').split('/').at(-1) ?? '';
  if (!area.dataset.release) {
    row.dataset.upload = token;
    row.querySelector('input[name=upload]')?.remove();
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'upload';
    field.value = token;
    row.append(field);
    addRemoval(area, row);
  }
  announce(area, `${file.name} is uploaded.`);
}

function fail(area: HTMLElement, upload: Upload, reason: string): void {
  delete upload.row.dataset.busy;
  upload.row.querySelector('progress')?.remove();
  upload.row.querySelector('[data-pause]')?.remove();
  say(upload, reason);
  forget(area, upload.file);
  announce(area, `${upload.file.name}: ${reason}`);
}

/** A way to give up what was uploaded before, or is waiting for its file. */
function addRemoval(area: HTMLElement, row: HTMLElement): void {
  const cancel = button('Remove', `Remove ${row.dataset.name ?? 'the file'}`);
  cancel.addEventListener('click', () => void giveUp(area, row, undefined));
  row.append(cancel);
}

async function giveUp(area: HTMLElement, row: HTMLElement, upload: Upload | undefined): Promise<void> {
  if (upload) {
    upload.paused = true;
    upload.request?.abort();
    forget(area, upload.file);
  }
  const address = upload?.address ?? (row.dataset.upload ? addressOf(area, row.dataset.upload) : undefined);
  row.remove();
  area.querySelector<HTMLInputElement>('input[type=file]')?.focus();
  if (!address) return;
  await fetch(address, { method: 'DELETE', headers: { 'X-CSRF-Token': tokenOf(area) } }).catch(
    () => undefined,
  );
}

function announce(area: HTMLElement, text: string, isVisible = false): void {
  const place = area.querySelector('[data-announce]');
  if (!place) return;
  place.textContent = text;
  place.classList.toggle('sr-only', !isVisible);
}

/** Makes every such form on the page ready. */
export function startUploads(): void {
  for (const area of document.querySelectorAll<HTMLElement>('[data-uploads]')) start(area);
}
