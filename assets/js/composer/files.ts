// Files that are pasted, dropped or chosen: sent one after the other, with a mark in the text where each will stand.
import type { MarkdownComposer } from './element.ts';
import { csrfOf } from './form.ts';
import { insertText, replaceText } from './insert.ts';

/** Files taken at once. */
const MOST = 20;

interface Sending {
  file: File;
  row: HTMLElement;
  /** What stands in the text until the file has arrived. */
  mark: string;
  request: XMLHttpRequest | undefined;
  isCancelled: boolean;
}

let count = 0;

/** Takes files for a composer. */
export function startFiles(
  composer: MarkdownComposer,
  field: HTMLTextAreaElement,
  signal: AbortSignal,
): void {
  const input = composer.querySelector<HTMLInputElement>('input[type=file]');
  input?.addEventListener(
    'change',
    () => {
      take(composer, field, [...(input.files ?? [])]);
      // They are sent by us: the form would send them a second time.
      input.value = '';
    },
    { signal },
  );
  composer.querySelector('[data-attach]')?.addEventListener('click', () => input?.click(), { signal });
  // Before the parts that turn pasted HTML and tables into Markdown.
  field.addEventListener('paste', (event) => paste(composer, field, event), { signal, capture: true });
  listenToDrops(composer, field, signal);
}

/** A copied picture; not a text that brings a picture of itself along, as office programs do. */
function paste(composer: MarkdownComposer, field: HTMLTextAreaElement, event: ClipboardEvent): void {
  const data = event.clipboardData;
  if (!data || data.files.length === 0 || data.types.includes('text/plain')) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  take(composer, field, [...data.files]);
}

function listenToDrops(composer: MarkdownComposer, field: HTMLTextAreaElement, signal: AbortSignal): void {
  for (const kind of ['dragenter', 'dragover'] as const)
    composer.addEventListener(
      kind,
      (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        composer.classList.add('is-target');
      },
      { signal },
    );
  for (const kind of ['dragleave', 'dragend', 'drop'] as const)
    composer.addEventListener(kind, () => composer.classList.remove('is-target'), { signal });
  composer.addEventListener(
    'drop',
    (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      take(composer, field, [...event.dataTransfer.files]);
    },
    { signal },
  );
}

/** Whether files of a composer are still on their way. */
export function stillSending(composer: Element): boolean {
  return composer.querySelector('[data-busy]') !== null;
}

function take(composer: MarkdownComposer, field: HTMLTextAreaElement, files: File[]): void {
  composer.write();
  if (files.length > MOST) composer.say(`Only the first ${MOST} files were taken.`);
  for (const file of files.slice(0, MOST)) {
    const sending = begin(composer, field, file);
    enqueue(composer, () => run(composer, field, sending));
  }
}

const queues = new WeakMap<Element, Promise<void>>();

/** One after the other: a connection is not made faster by sharing it. */
function enqueue(composer: Element, work: () => Promise<void>): void {
  queues.set(composer, (queues.get(composer) ?? Promise.resolve()).then(work));
}

function begin(composer: MarkdownComposer, field: HTMLTextAreaElement, file: File): Sending {
  count += 1;
  const mark = `<!-- Uploading ${count}: ${nameOf(file).replace(/[<>]|--/g, '')} … -->`;
  const before = field.value.slice(0, field.selectionStart);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  insertText(field, `${gap}${mark}\n`);
  const sending: Sending = { file, row: rowOf(file), mark, request: undefined, isCancelled: false };
  addCancel(composer, field, sending);
  const list = listOf(composer);
  list.append(sending.row);
  list.hidden = false;
  return sending;
}

/** Pictures from the clipboard have no name of their own. */
function nameOf(file: File): string {
  return file.name || `image.${file.type.split('/')[1]?.replace(/\W.*$/, '') || 'png'}`;
}

function listOf(composer: Element): HTMLElement {
  const list = composer.querySelector<HTMLElement>('.composer-uploads');
  if (!list) throw new Error('A composer has a list of uploads.');
  return list;
}

function rowOf(file: File): HTMLElement {
  const row = document.createElement('li');
  row.dataset.busy = 'yes';
  const name = document.createElement('span');
  name.className = 'break';
  name.textContent = nameOf(file);
  const progress = document.createElement('progress');
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute('aria-label', `Upload of ${nameOf(file)}`);
  const state = document.createElement('span');
  state.className = 'muted small';
  state.dataset.state = '';
  row.append(name, progress, state);
  return row;
}

function addCancel(composer: MarkdownComposer, field: HTMLTextAreaElement, sending: Sending): void {
  const cancel = document.createElement('button');
  cancel.type = 'button';
  cancel.className = 'btn btn-sm';
  cancel.textContent = 'Remove';
  cancel.setAttribute('aria-label', `Remove ${nameOf(sending.file)}`);
  cancel.addEventListener('click', () => {
    sending.isCancelled = true;
    sending.request?.abort();
    replaceText(field, `${sending.mark}\n`, '');
    removeRow(composer, sending.row);
    field.focus();
  });
  sending.row.append(cancel);
}

function removeRow(composer: Element, row: HTMLElement): void {
  row.remove();
  const list = listOf(composer);
  list.hidden = list.childElementCount === 0;
}

async function run(composer: MarkdownComposer, field: HTMLTextAreaElement, sending: Sending): Promise<void> {
  if (sending.isCancelled) return;
  try {
    const { markdown } = await post(composer, sending);
    if (sending.isCancelled) return;
    // Whoever deleted the mark does not want the file.
    replaceText(field, sending.mark, markdown);
    removeRow(composer, sending.row);
    composer.say(`${nameOf(sending.file)} was added.`);
  } catch (error) {
    if (!sending.isCancelled) fail(composer, field, sending, (error as Error).message);
  }
}

function post(composer: MarkdownComposer, sending: Sending): Promise<{ markdown: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    sending.request = request;
    request.open('POST', composer.dataset.files ?? '');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-File-Name', encodeURIComponent(nameOf(sending.file)));
    request.setRequestHeader('X-CSRF-Token', csrfOf(composer));
    const progress = sending.row.querySelector('progress');
    request.upload.onprogress = ({ loaded, total }) => {
      if (progress && total > 0) progress.value = loaded / total;
    };
    request.onerror = () => reject(new Error('The connection broke off. Add the file again.'));
    request.onabort = request.onerror;
    request.onload = () => {
      const answer = parse(request.responseText);
      if (request.status === 201 && answer?.markdown) resolve({ markdown: answer.markdown });
      else reject(new Error(answer?.message ?? refusalOf(request.status)));
    };
    request.send(sending.file);
  });
}

function parse(text: string): { markdown?: string; message?: string } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalOf(status: number): string {
  if (status === 401) return 'You are signed out: sign in in another tab, then add the file again.';
  if (status === 413) return 'This file is larger than is allowed here.';
  return `The server refused it (${status}).`;
}

function fail(
  composer: MarkdownComposer,
  field: HTMLTextAreaElement,
  { file, row, mark }: Sending,
  reason: string,
): void {
  replaceText(field, `${mark}\n`, '');
  delete row.dataset.busy;
  row.classList.add('fg-danger');
  row.querySelector('progress')?.remove();
  const state = row.querySelector('[data-state]');
  if (state) {
    state.textContent = reason;
    state.className = 'small';
  }
  composer.say(`${nameOf(file)} was not added.`);
}
