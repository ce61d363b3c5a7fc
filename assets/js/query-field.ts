// `<query-field data-src>`: completes the word at the caret of a search field, as a combobox (WAI-ARIA). The form works without it.

const COMPLETION_PAUSE = 80;

interface Completion {
  /** What takes the word's place. */
  text: string;
  hint?: string;
}

class QueryField extends HTMLElement {
  #field: HTMLInputElement | null = null;
  #list: HTMLUListElement | null = null;
  #asked = new AbortController();
  #timer: number | undefined;
  #completions: Completion[] = [];
  #active = -1;

  connectedCallback(): void {
    this.#field = this.querySelector('input[name="q"]');
    // A page from Turbo's cache holds the list of the last time.
    this.querySelector('.query-list')?.remove();
    if (!this.#field || !this.dataset.src) return;
    const list = document.createElement('ul');
    list.className = 'query-list';
    list.id = `${this.#field.id}-completions`;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', 'Completions');
    list.hidden = true;
    this.append(list);
    this.#list = list;
    this.#field.setAttribute('role', 'combobox');
    this.#field.setAttribute('aria-autocomplete', 'list');
    this.#field.setAttribute('aria-controls', list.id);
    this.#field.setAttribute('aria-expanded', 'false');
    this.#field.addEventListener('input', () => this.#askSoon());
    this.#field.addEventListener('click', () => this.#askSoon());
    this.#field.addEventListener('keydown', (event) => this.#onKey(event));
    this.#field.addEventListener('blur', () => this.#close());
    this.#field.addEventListener('focus', () => this.#toEnd());
    list.addEventListener('mousedown', (event) => this.#onPress(event));
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#asked.abort();
  }

  #toEnd(): void {
    const length = this.#field?.value.length ?? 0;
    if (this.#field?.selectionStart === 0) this.#field.setSelectionRange(length, length);
  }

  /** The word before the caret, where it begins; spaces inside quotes belong to it. */
  #word(): { from: number; to: number; text: string } {
    const value = this.#field?.value ?? '';
    const to = this.#field?.selectionStart ?? value.length;
    let from = 0;
    let quoted = false;
    for (let at = 0; at < to; at++) {
      if (value[at] === '"') quoted = !quoted;
      else if (!quoted && /\s/.test(value[at] ?? '')) from = at + 1;
    }
    return { from, to, text: value.slice(from, to) };
  }

  #askSoon(): void {
    clearTimeout(this.#timer);
    this.#asked.abort();
    this.#timer = window.setTimeout(() => void this.#ask(), COMPLETION_PAUSE);
  }

  async #ask(): Promise<void> {
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    const address = new URL(this.dataset.src ?? '', location.href);
    address.searchParams.set('word', this.#word().text);
    try {
      const answer = await fetch(address, { signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const completions = (await answer.json()) as Completion[];
      if (!signal.aborted && document.activeElement === this.#field) this.#show(completions);
    } catch {
      if (!signal.aborted) this.#close();
    }
  }

  #show(completions: Completion[]): void {
    this.#completions = completions;
    this.#active = -1;
    this.#list?.replaceChildren(...completions.map((one, index) => this.#option(one, index)));
    this.#open(completions.length > 0);
  }

  #option({ text, hint = '' }: Completion, index: number): HTMLLIElement {
    const item = document.createElement('li');
    item.id = `${this.#list?.id}-${index}`;
    item.setAttribute('role', 'option');
    item.setAttribute('aria-selected', 'false');
    const name = document.createElement('span');
    name.textContent = text;
    const note = document.createElement('span');
    note.className = 'muted';
    note.textContent = hint;
    item.append(name, note);
    return item;
  }

  #open(isOpen: boolean): void {
    if (this.#list) this.#list.hidden = !isOpen;
    this.#field?.setAttribute('aria-expanded', String(isOpen));
    this.#field?.removeAttribute('aria-activedescendant');
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#asked.abort();
    this.#active = -1;
    this.#open(false);
  }

  #choose(step: 1 | -1): void {
    const items = [...(this.#list?.children ?? [])];
    const from = this.#active === -1 && step === -1 ? 0 : this.#active;
    this.#active = (from + step + items.length) % items.length;
    for (const [at, item] of items.entries()) item.setAttribute('aria-selected', String(at === this.#active));
    const chosen = items[this.#active];
    if (chosen) this.#field?.setAttribute('aria-activedescendant', chosen.id);
    chosen?.scrollIntoView({ block: 'nearest' });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const isOpen = this.#list?.hidden === false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (isOpen) this.#choose(event.key === 'ArrowDown' ? 1 : -1);
      else this.#askSoon();
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen && this.#active >= 0) {
      event.preventDefault();
      this.#take(this.#active);
    }
  }

  #onPress(event: MouseEvent): void {
    const item = event.target instanceof Element ? event.target.closest('li') : null;
    // The field keeps the focus.
    event.preventDefault();
    if (item) this.#take([...(this.#list?.children ?? [])].indexOf(item));
  }

  #take(index: number): void {
    const field = this.#field;
    const chosen = this.#completions[index];
    if (!field || !chosen) return;
    const { from, to } = this.#word();
    const isKey = chosen.text.endsWith(':');
    field.setRangeText(isKey ? chosen.text : `${chosen.text} `, from, to, 'end');
    this.#close();
    if (isKey) this.#askSoon();
  }
}

if (!customElements.get('query-field')) customElements.define('query-field', QueryField);
