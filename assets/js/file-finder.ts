// `<file-finder results leaves-to>`: lists files while somebody types, as a combobox (WAI-ARIA). The form works without it.

const PAUSE = 60;

class FileFinder extends HTMLElement {
  #field: HTMLInputElement | null = null;
  #box: HTMLElement | null = null;
  #asked = new AbortController();
  #timer: number | undefined;
  /** Whether Enter was pressed before the list had come. */
  #opens = false;
  #active = -1;

  connectedCallback(): void {
    this.#field = this.querySelector('input[name="q"]');
    this.#box = this.querySelector('.finder-box');
    if (!this.#field || !this.#box) return;
    this.#field.setAttribute('role', 'combobox');
    this.#field.setAttribute('aria-autocomplete', 'list');
    this.#field.setAttribute('aria-expanded', 'true');
    this.#field.setAttribute('aria-controls', 'finder-list');
    this.#field.addEventListener('input', () => this.#askSoon());
    this.#field.addEventListener('keydown', (event) => this.#onKey(event));
    this.#prepare();
    this.#field.focus();
    const { length } = this.#field.value;
    this.#field.setSelectionRange(length, length);
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#asked.abort();
  }

  #items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.finder-list a')];
  }

  /** Gives a list that came from the server the roles that only make sense with this script. */
  #prepare(): void {
    const list = this.querySelector('.finder-list');
    list?.setAttribute('role', 'listbox');
    list?.setAttribute('id', 'finder-list');
    this.#items().forEach((item, index) => {
      // An option that held a link would hide the link from readers.
      item.parentElement?.setAttribute('role', 'presentation');
      item.setAttribute('role', 'option');
      item.id = `finder-item-${index}`;
      item.setAttribute('aria-label', item.textContent?.trim() ?? '');
      item.setAttribute('tabindex', '-1');
    });
    this.#choose(0);
  }

  #choose(index: number): void {
    const items = this.#items();
    this.#active = items.length === 0 ? -1 : (index + items.length) % items.length;
    for (const [at, item] of items.entries()) item.setAttribute('aria-selected', String(at === this.#active));
    const chosen = items[this.#active];
    if (chosen) this.#field?.setAttribute('aria-activedescendant', chosen.id);
    else this.#field?.removeAttribute('aria-activedescendant');
    if (index !== 0) chosen?.scrollIntoView({ block: 'nearest' });
  }

  #askSoon(): void {
    this.#opens = false;
    clearTimeout(this.#timer);
    this.#asked.abort();
    this.#timer = window.setTimeout(() => void this.#ask(), PAUSE);
  }

  async #ask(): Promise<void> {
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    const query = this.#field?.value ?? '';
    const address = new URL(this.getAttribute('results') ?? '', location.href);
    address.searchParams.set('q', query);
    try {
      const answer = await fetch(address, { signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const html = await answer.text();
      if (signal.aborted || !this.#box) return;
      this.#box.innerHTML = html;
      this.#prepare();
      this.#remember(query);
      if (this.#opens) this.#follow(this.#items()[this.#active]);
    } catch {
      if (signal.aborted) return;
      const note = this.querySelector('.finder-count');
      if (note) note.textContent = 'The list could not be read. Load the page again.';
    }
  }

  /** So that coming back from a file shows what was typed. */
  #remember(query: string): void {
    const here = new URL(location.href);
    if (query === '') here.searchParams.delete('q');
    else here.searchParams.set('q', query);
    history.replaceState(history.state, '', here);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.#choose(this.#active + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Escape') {
      event.preventDefault();
      this.#follow(this.querySelector('a.strong'));
    } else if (event.key === 'Enter') this.#onEnter(event);
  }

  /** What is chosen may belong to what was typed a moment ago: then the newer list opens its first when it comes. */
  #onEnter(event: KeyboardEvent): void {
    const list = this.querySelector<HTMLElement>('.finder-list');
    event.preventDefault();
    if (list?.dataset.query !== this.#field?.value) this.#opens = true;
    else this.#follow(this.#items()[this.#active]);
  }

  #follow(link: Element | null | undefined): void {
    if (link instanceof HTMLAnchorElement) link.click();
  }
}

if (!customElements.get('file-finder')) customElements.define('file-finder', FileFinder);
