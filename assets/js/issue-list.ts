// `<issue-list>`: selecting issues, changing the selected ones without leaving the page, and moving over rows by keys.
import { showDialog } from './dialogs.ts';

class IssueList extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('change', () => this.#count());
    this.addEventListener('click', (event) => this.#onClick(event));
    this.#all()?.addEventListener('change', () => this.#selectAll());
    this.#count();
  }

  #all(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>('[data-selects-all]');
  }

  #boxes(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('.issue-row > .issue-check')];
  }

  #selectAll(): void {
    const checked = this.#all()?.checked ?? false;
    for (const box of this.#boxes()) box.checked = checked;
    this.#count();
  }

  #count(): void {
    const boxes = this.#boxes();
    const selected = boxes.filter((box) => box.checked).length;
    const all = this.#all();
    if (all) {
      all.checked = selected > 0 && selected === boxes.length;
      all.indeterminate = selected > 0 && selected < boxes.length;
    }
    const shown = this.querySelector('[data-selected-count]');
    if (shown) shown.textContent = selected === 0 ? '' : `${selected} selected`;
  }

  #onClick(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    if (button.dataset.movesRow) this.#move(Number(button.dataset.movesRow));
    else if (button.matches('[data-opens-row]'))
      this.#current()?.querySelector<HTMLElement>('.issue-title')?.click();
    else if (button.matches('[data-marks-row]')) this.#mark();
    else if (button.matches('[data-chooses]')) {
      event.preventDefault();
      void this.#choose(button);
    }
  }

  #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('.issue-row')];
  }

  #current(): HTMLElement | null {
    return document.activeElement?.closest<HTMLElement>('.issue-row') ?? null;
  }

  #move(step: number): void {
    const rows = this.#rows();
    const current = this.#current();
    const at = current ? rows.indexOf(current) + step : 0;
    const title =
      rows[Math.max(0, Math.min(rows.length - 1, at))]?.querySelector<HTMLElement>('.issue-title');
    title?.focus();
    title?.scrollIntoView({ block: 'nearest' });
  }

  #mark(): void {
    const box = this.#current()?.querySelector<HTMLInputElement>('.issue-check');
    if (!box) return;
    box.checked = !box.checked;
    this.#count();
  }

  /** Shows the choices that would be a page of their own in a dialog; where that fails, the page is opened. */
  async #choose(button: HTMLButtonElement): Promise<void> {
    const { form } = button;
    if (!form) return;
    try {
      const body = new URLSearchParams(new FormData(form, button) as unknown as Record<string, string>);
      body.set('part', '1');
      const answer = await fetch(form.action, { method: 'POST', body });
      // Who is sent on has something to be told on a page.
      if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
      this.#show(await answer.text(), button.textContent?.trim() ?? '');
    } catch {
      form.requestSubmit(button);
    }
  }

  #show(html: string, label: string): void {
    const dialog = document.createElement('dialog');
    dialog.className = 'dialog';
    dialog.setAttribute('aria-label', label);
    dialog.innerHTML = html;
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    showDialog(dialog);
  }
}

if (!customElements.get('issue-list')) customElements.define('issue-list', IssueList);
