// <markdown-composer>: a field for Markdown with tabs, keys, files, completion and drafts. The <textarea> in it stays what is
// sent, and all of it is sent by its form as without this script.
import '@github/markdown-toolbar-element';
import '@github/text-expander-element';
import { subscribe } from '@github/paste-markdown';
import { completeIn } from './completion.ts';
import { keepDrafts } from './drafts.ts';
import { startFiles, stillSending } from './files.ts';
import { csrfOf, sendForm } from './form.ts';
import { startReplies } from './replies.ts';
import { startSuggesting } from './suggesting.ts';

export class MarkdownComposer extends HTMLElement {
  #gone = new AbortController();
  /** What the preview shows. */
  #previewed: string | undefined;

  connectedCallback(): void {
    const field = this.field;
    if (!field) return;
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.#listen(field, signal);
    const pasting = subscribe(field);
    signal.addEventListener('abort', () => pasting.unsubscribe());
    if (this.dataset.files) startFiles(this, field, signal);
    if (this.dataset.replies) startReplies(this, field, signal);
    startSuggesting(this, field, signal);
    completeIn(this, signal);
    keepDrafts(this, field, signal);
    grow(field);
  }

  disconnectedCallback(): void {
    this.#gone.abort();
  }

  get field(): HTMLTextAreaElement | null {
    return this.querySelector('textarea');
  }

  /** Says something beside the field. */
  say(text: string): void {
    const note = this.querySelector('.composer-note');
    if (note) note.textContent = text;
  }

  #listen(field: HTMLTextAreaElement, signal: AbortSignal): void {
    for (const tab of this.#tabs()) tab.addEventListener('click', () => this.#open(tab), { signal });
    this.addEventListener('keydown', (event) => this.#press(event), { signal });
    field.addEventListener('input', () => grow(field), { signal });
    // A field that has to be filled cannot be pointed at while it is hidden.
    field.addEventListener('invalid', () => this.write(), { signal });
    field.form?.addEventListener('submit', (event) => this.#submit(event), { signal });
  }

  #submit(event: SubmitEvent): void {
    if (!stillSending(this)) return;
    event.preventDefault();
    this.say('Wait until the files have arrived, or remove them.');
  }

  #tabs(): HTMLButtonElement[] {
    return [...this.querySelectorAll<HTMLButtonElement>('[role=tab]')];
  }

  #press(event: KeyboardEvent): void {
    const command = commandOf(event);
    const tool = command && IS_TOOL.test(command) ? this.querySelector<HTMLElement>(command) : null;
    if (tool) {
      event.preventDefault();
      tool.click();
    } else if (command === 'send' || command === 'preview') {
      event.preventDefault();
      if (command === 'send') sendForm(this.field);
      else this.#toggle();
    } else if (event.target instanceof HTMLElement && event.target.matches('[role=tab]')) this.#walk(event);
  }

  /** Arrows go from tab to tab (WAI-ARIA Authoring Practices, tabs). */
  #walk(event: KeyboardEvent): void {
    if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    const [write, preview] = this.#tabs();
    const next = event.key === 'Home' || (event.key !== 'End' && event.target === preview) ? write : preview;
    if (!next) return;
    event.preventDefault();
    this.#open(next);
    next.focus();
  }

  #toggle(): void {
    const [write, preview] = this.#tabs();
    const isWriting = write?.getAttribute('aria-selected') === 'true';
    const next = isWriting ? preview : write;
    if (!next) return;
    this.#open(next);
    if (isWriting) next.focus();
    else this.field?.focus();
  }

  /** Shows the field again. */
  write(): void {
    const [write] = this.#tabs();
    if (write?.getAttribute('aria-selected') === 'false') this.#open(write);
  }

  #open(tab: HTMLButtonElement): void {
    for (const one of this.#tabs()) {
      const isIt = one === tab;
      one.setAttribute('aria-selected', String(isIt));
      one.tabIndex = isIt ? 0 : -1;
      const panel = document.getElementById(one.getAttribute('aria-controls') ?? '');
      if (panel) panel.hidden = !isIt;
    }
    const isPreview = tab !== this.#tabs()[0];
    this.classList.toggle('is-previewing', isPreview);
    if (isPreview) void this.#preview();
  }

  async #preview(): Promise<void> {
    const [field, panel] = [this.field, this.querySelector('.composer-preview')];
    if (!field || !panel || this.#previewed === field.value) return;
    const text = field.value;
    this.#previewed = text;
    panel.setAttribute('aria-busy', 'true');
    const shown = await this.#ask(text);
    if (this.#previewed !== text) return;
    panel.removeAttribute('aria-busy');
    if (shown !== undefined) panel.innerHTML = shown;
    else {
      this.#previewed = undefined;
      panel.textContent = 'The preview could not be loaded. Try again.';
    }
  }

  /** HTML that the server has cleaned, or undefined. */
  async #ask(text: string): Promise<string | undefined> {
    try {
      const answer = await fetch(this.dataset.preview ?? '', {
        method: 'POST',
        headers: { 'X-Fragment': 'text', 'X-CSRF-Token': csrfOf(this) },
        body: new URLSearchParams({ body: text }),
        signal: this.#gone.signal,
      });
      return answer.ok ? await answer.text() : undefined;
    } catch {
      return undefined;
    }
  }
}

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

/** What keys do together with Ctrl, or with Command on Apple's; `+` stands for Shift. By their places where Shift writes something else. */
const COMMANDS: Readonly<Record<string, string>> = {
  Enter: 'send',
  NumpadEnter: 'send',
  '+KeyP': 'preview',
  KeyB: 'md-bold',
  KeyI: 'md-italic',
  KeyE: 'md-code',
  KeyK: 'md-link',
  KeyG: '[data-suggests]',
  '+Period': 'md-quote',
  '+Digit8': 'md-unordered-list',
  '+Digit7': 'md-ordered-list',
  '+KeyL': 'md-task-list',
};

/** Buttons of the toolbar, as selectors. */
const IS_TOOL = /^(?:md-|\[)/;

/** The tool or act that a key stands for. Letters go by what they write, since keyboards differ. */
function commandOf(event: KeyboardEvent): string | undefined {
  const isHeld = IS_APPLE ? event.metaKey : event.ctrlKey;
  if (!isHeld || event.altKey || event.isComposing) return undefined;
  const key = /^[a-z]$/i.test(event.key) ? `Key${event.key.toUpperCase()}` : event.code;
  const command = COMMANDS[(event.shiftKey ? '+' : '') + key];
  const isTool = command !== undefined && IS_TOOL.test(command);
  return isTool && !(event.target instanceof HTMLTextAreaElement) ? undefined : command;
}

/** As high as its text, within what style sheets allow; those browsers that can do it themselves. */
function grow(field: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content') || field.offsetParent === null) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
}

if (!customElements.get('markdown-composer')) customElements.define('markdown-composer', MarkdownComposer);
