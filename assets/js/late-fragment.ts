// `<late-fragment src>` shows what is known now and asks for the rest, which the server is still looking up.

const MOST_ATTEMPTS = 20;

class LateFragment extends HTMLElement {
  attempt = 1;
  #left = new AbortController();

  connectedCallback(): void {
    // A page that Turbo shows for a moment from its cache asks nothing: the real one follows.
    if (!document.documentElement.hasAttribute('data-turbo-preview')) void this.#load();
  }

  disconnectedCallback(): void {
    this.#left.abort();
  }

  async #load(): Promise<void> {
    try {
      const answer = await fetch(this.getAttribute('src') ?? '', { signal: this.#left.signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.#show(await answer.text());
    } catch {
      if (!this.#left.signal.aborted) this.#giveUp();
    }
  }

  #show(html: string): void {
    const template = document.createElement('template');
    template.innerHTML = html;
    const again = template.content.querySelector('late-fragment');
    if (again && this.attempt >= MOST_ATTEMPTS) {
      this.#giveUp();
      return;
    }
    const { attempt } = this;
    this.replaceWith(template.content);
    if (again instanceof LateFragment) again.attempt = attempt + 1;
  }

  #giveUp(): void {
    const note = this.querySelector('.late-note');
    if (note) note.textContent = 'This could not be looked up. Reload the page to try again.';
  }
}

if (!customElements.get('late-fragment')) customElements.define('late-fragment', LateFragment);
