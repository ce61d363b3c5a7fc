// `<live-fragment src>` is asked for again and again while it changes; when it is over, the page is loaded anew.

const LOOK_EVERY = 2000;

class LiveFragment extends HTMLElement {
  #left = new AbortController();

  connectedCallback(): void {
    this.#left = new AbortController();
    if (!document.documentElement.hasAttribute('data-turbo-preview')) this.#later();
  }

  disconnectedCallback(): void {
    this.#left.abort();
  }

  #later(): void {
    const timer = setTimeout(() => void this.#look(), LOOK_EVERY);
    this.#left.signal.addEventListener('abort', () => clearTimeout(timer));
  }

  async #look(): Promise<void> {
    try {
      const answer = await fetch(this.getAttribute('src') ?? '', { signal: this.#left.signal });
      if (answer.ok) this.#show(await answer.text());
    } catch {
      // The next look may go well.
    }
    if (!this.#left.signal.aborted) this.#later();
  }

  #show(html: string): void {
    const template = document.createElement('template');
    template.innerHTML = html;
    const again = template.content.querySelector('live-fragment');
    if (again) this.replaceChildren(...again.childNodes);
    else {
      this.#left.abort();
      location.reload();
    }
  }
}

if (!customElements.get('live-fragment')) customElements.define('live-fragment', LiveFragment);
