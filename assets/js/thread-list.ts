// `<thread-list>`: the inbox by keyboard, and choosing several threads.

class ThreadList extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('change', (event) => this.#onChange(event));
    this.addEventListener('click', (event) => this.#onClick(event));
    this.#count();
  }

  #boxes(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('.thread-check')];
  }

  #onChange(event: Event): void {
    const all = this.#all();
    if (event.target === all) for (const box of this.#boxes()) box.checked = all?.checked ?? false;
    this.#count();
  }

  #all(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>('[data-selects-all]');
  }

  /** What is done with chosen threads is offered once some are chosen. */
  #count(): void {
    const boxes = this.#boxes();
    const chosen = boxes.filter((box) => box.checked).length;
    const all = this.#all();
    if (all) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    const shown = this.querySelector('[data-selected-count]');
    if (shown) shown.textContent = chosen === 0 ? 'Select all' : `${chosen} selected`;
    for (const button of this.querySelectorAll<HTMLButtonElement>('[data-bulk] > button'))
      button.disabled = chosen === 0;
  }

  #onClick(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    if (button.dataset.moves) this.#move(Number(button.dataset.moves));
    else if (button.matches('[data-opens-thread]'))
      this.#current()?.querySelector<HTMLElement>('.thread-title')?.click();
    else if (button.matches('[data-marks-thread]')) this.#mark();
    else if (button.dataset.acts) this.#act(button.dataset.acts);
  }

  #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[data-thread]')];
  }

  #current(): HTMLElement | null {
    return document.activeElement?.closest<HTMLElement>('[data-thread]') ?? null;
  }

  #move(step: number): void {
    const rows = this.#rows();
    const current = this.#current();
    const at = current ? rows.indexOf(current) + step : 0;
    const title =
      rows[Math.max(0, Math.min(rows.length - 1, at))]?.querySelector<HTMLElement>('.thread-title');
    title?.focus();
    title?.scrollIntoView({ block: 'nearest' });
  }

  #mark(): void {
    const box = this.#current()?.querySelector<HTMLInputElement>('.thread-check');
    if (!box) return;
    box.checked = !box.checked;
    this.#count();
  }

  #act(key: string): void {
    this.#current()?.querySelector<HTMLElement>(`[data-does="${key}"]`)?.click();
  }
}

customElements.define('thread-list', ThreadList);
