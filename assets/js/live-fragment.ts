// `<live-fragment src>` is asked for again and again while it changes, less often while nothing does and not at all while
// nobody looks; when it is over, the page is loaded anew.

/** Milliseconds between two looks: after a change, and at most. */
const SOON = 2000;
const LATEST = 30_000;

class LiveFragment extends HTMLElement {
  #left = new AbortController();
  #wait = SOON;
  #tag: string | null = null;

  connectedCallback(): void {
    this.#left = new AbortController();
    if (document.documentElement.hasAttribute('data-turbo-preview')) return;
    const { signal } = this.#left;
    document.addEventListener('visibilitychange', () => this.#comeBack(), { signal });
    this.#later();
  }

  disconnectedCallback(): void {
    this.#left.abort();
  }

  #later(): void {
    const timer = setTimeout(() => void this.#look(), this.#wait);
    this.#left.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  /** Whoever comes back sees at once how it stands. */
  #comeBack(): void {
    if (document.hidden) return;
    this.#wait = SOON;
    void this.#refresh();
  }

  async #look(): Promise<void> {
    if (!document.hidden) await this.#refresh();
    this.#wait = Math.min(this.#wait * 1.5, LATEST);
    if (!this.#left.signal.aborted) this.#later();
  }

  async #refresh(): Promise<void> {
    try {
      const headers = this.#tag === null ? undefined : { 'If-None-Match': this.#tag };
      const request = {
        signal: this.#left.signal,
        cache: 'no-store' as const,
        ...(headers ? { headers } : {}),
      };
      const answer = await fetch(this.getAttribute('src') ?? '', request);
      if (!answer.ok || this.#isInUse()) return;
      const isFirst = this.#tag === null;
      this.#tag = answer.headers.get('etag');
      this.#show(await answer.text(), isFirst);
    } catch {
      // The next look may go well.
    }
  }

  /** Nothing is taken from under somebody's hands. */
  #isInUse(): boolean {
    const active = document.activeElement;
    if (active && active !== this && this.contains(active)) return true;
    const fields = this.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea');
    return [...fields].some((field) => {
      const isBox = field instanceof HTMLInputElement && field.type === 'checkbox';
      return isBox ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
    });
  }

  #show(html: string, isFirst: boolean): void {
    const template = document.createElement('template');
    template.innerHTML = html;
    const again = template.content.querySelector('live-fragment');
    if (!again) {
      this.#left.abort();
      location.reload();
      return;
    }
    if (!isFirst) this.#wait = SOON / 1.5;
    const opened = new Map([...this.querySelectorAll('details[id]')].map((one) => [one.id, one]));
    for (const one of again.querySelectorAll('details[id]')) {
      const before = opened.get(one.id);
      if (before) one.toggleAttribute('open', before.hasAttribute('open'));
    }
    this.replaceChildren(...again.childNodes);
  }
}

if (!customElements.get('live-fragment')) customElements.define('live-fragment', LiveFragment);
