// The form around the editor: previews in place, the dialog of the commit, drafts, and a word before typed text is left.
import type { CodeEditor } from './code-editor.ts';
import { showDialog } from './dialogs.ts';

interface Draft {
  base: string;
  path: string;
  text: string;
  time: number;
  /** Whether it was sent: once the branch has moved on, it is not offered again. */
  sent?: boolean;
}

const MONTH = 30 * 24 * 3600_000;
const PAUSE = 400;

function start(form: HTMLFormElement): void {
  if (form.dataset.started !== undefined) return;
  form.dataset.started = '';
  const editor = form.querySelector<CodeEditor>('code-editor');
  const area = form.querySelector<HTMLTextAreaElement>('textarea[name="content"]');
  const path = form.querySelector<HTMLInputElement>('input[name="path"]');
  if (!editor || !area || !path) return;
  const first = { text: area.defaultValue, path: path.defaultValue };
  // A page that brings back what was typed holds changes from the beginning.
  const isFresh = editor.dataset.fresh !== undefined;
  const isChanged = () => !isFresh || editor.value !== first.text || path.value !== first.path;
  const key = `draft:${form.dataset.user ?? ''}:${new URL(form.action).pathname}`;
  let leaving = false;
  let timer = 0;

  const keep = (sent = false) => {
    clearTimeout(timer);
    if (!isChanged()) return localStorage.removeItem(key);
    const base = editor.dataset.base ?? '';
    const draft: Draft = {
      base,
      path: path.value,
      text: editor.value,
      time: Date.now(),
      ...(sent ? { sent } : {}),
    };
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch {
      // Full, or switched off: the text is still on the page.
    }
  };

  if (isFresh) offerDraft(form, key, editor, path, first);
  form.addEventListener('input', (event) => {
    if (!(event.target === area || event.target === path)) return;
    clearTimeout(timer);
    timer = window.setTimeout(keep, PAUSE);
  });
  path.addEventListener('change', () => {
    void editor.loadLanguage(path.value);
    const preview = form.querySelector<HTMLElement>('[data-view="preview"]');
    if (preview) preview.hidden = !/\.(?:md|markdown|mkdn?)$/i.test(path.value);
  });
  path.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    editor.focus();
  });
  form.querySelector('[data-wraps]')?.addEventListener('change', (event) => {
    editor.wraps = (event.target as HTMLInputElement).checked;
  });
  form.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-view]') : null;
    if (button) {
      event.preventDefault();
      void showView(form, button.dataset.view ?? 'edit');
    }
    if (event.target instanceof Element && event.target.closest('[data-leaves]')) {
      leaving = true;
      // What was typed last would be kept a moment later.
      clearTimeout(timer);
      localStorage.removeItem(key);
    }
  });
  form.addEventListener('submit', () => {
    leaving = true;
    keep(true);
  });
  document.addEventListener(
    'keydown',
    function press(event) {
      if (!form.isConnected) return document.removeEventListener('keydown', press, true);
      const isEnter = event.key === 'Enter';
      const dialog = form.querySelector('dialog');
      // Enter in a line of the dialog commits; the browser would press the form's first button, which shows the editor.
      const commits = isEnter && event.target instanceof HTMLInputElement && dialog?.contains(event.target);
      const isSave = (event.ctrlKey || event.metaKey) && (event.key === 's' || isEnter);
      if (!isSave && !commits) return;
      event.preventDefault();
      if (!dialog?.open) openDialog(form);
      else if (isEnter) dialog.querySelector<HTMLButtonElement>('button[type="submit"]')?.click();
    },
    true,
  );

  const warn = (event: Event) => {
    if (!form.isConnected || leaving || !isChanged()) return;
    keep();
    event.preventDefault();
  };
  addEventListener('beforeunload', warn);
  document.addEventListener('turbo:before-visit', function visit(event) {
    if (!form.isConnected) return document.removeEventListener('turbo:before-visit', visit);
    if (leaving || !isChanged()) return;
    if (confirm('Leave this page? What you typed is kept as a draft in this browser.')) keep();
    else event.preventDefault();
  });
  if (form.querySelector('[data-open-now]') && form.querySelector('.has-error, [aria-invalid], .form-error'))
    openDialog(form);
}

function openDialog(form: HTMLFormElement): void {
  if (!form.querySelector<HTMLInputElement>('input[name="path"]')?.reportValidity()) return;
  showDialog(form.querySelector('dialog'));
  form.querySelector<HTMLInputElement>('dialog input[name="summary"]')?.focus();
}

/** Asks the server for the preview or the changes, and shows them in the editor's place. */
async function showView(form: HTMLFormElement, view: string): Promise<void> {
  const shown = form.querySelector<HTMLElement>('#editor-view');
  const editor = form.querySelector<CodeEditor>('code-editor');
  if (!shown || !editor) return;
  for (const button of form.querySelectorAll<HTMLElement>('[data-view]'))
    button.setAttribute('aria-pressed', String(button.dataset.view === view));
  if (view === 'edit') {
    shown.replaceChildren();
    editor.hidden = false;
    editor.focus();
    return;
  }
  const data = new FormData(form);
  data.set('view', view);
  const body = new URLSearchParams();
  for (const [name, value] of data) if (typeof value === 'string') body.append(name, value);
  shown.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const found = page.querySelector('#editor-view');
    const problem = page.querySelector('.editor-error');
    const isShown = found && found.childElementCount > 0;
    shown.replaceChildren(
      ...(isShown ? found.childNodes : problem ? [problem] : [message('This cannot be shown now.')]),
    );
  } catch {
    shown.replaceChildren(message('The server could not be reached. Your text is still here.'));
  }
  shown.removeAttribute('aria-busy');
  editor.hidden = true;
}

function message(text: string): HTMLElement {
  const line = document.createElement('p');
  line.className = 'blob-message';
  line.textContent = text;
  return line;
}

function offerDraft(
  form: HTMLFormElement,
  key: string,
  editor: CodeEditor,
  path: HTMLInputElement,
  first: { text: string; path: string },
): void {
  const draft = readDraft(key);
  if (!draft) return;
  const isSame = draft.text === first.text && draft.path === first.path;
  const isDone = draft.sent === true && draft.base !== (editor.dataset.base ?? '');
  if (isSame || isDone || Date.now() - draft.time > MONTH) {
    localStorage.removeItem(key);
    return;
  }
  const bar = document.createElement('div');
  bar.className = 'flash flash-info editor-error editor-draft';
  const said = document.createElement('div');
  said.className = 'grow';
  said.textContent = `A draft of ${new Date(draft.time).toLocaleString()} was kept in this browser.`;
  const button = (label: string, act: () => void) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'btn btn-sm';
    made.textContent = label;
    made.addEventListener('click', () => {
      act();
      bar.remove();
      editor.focus();
    });
    return made;
  };
  bar.append(
    said,
    button('Restore it', () => {
      path.value = draft.path;
      editor.value = draft.text;
      void editor.loadLanguage(draft.path);
    }),
    button('Discard it', () => localStorage.removeItem(key)),
  );
  form.querySelector('.editor-bar')?.after(bar);
}

function readDraft(key: string): Draft | undefined {
  try {
    const draft: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return draft !== null && typeof draft === 'object' && 'text' in draft ? (draft as Draft) : undefined;
  } catch {
    return undefined;
  }
}

function startAll(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-commit-form]')) start(form);
}

startAll();
document.addEventListener('turbo:load', startAll);
