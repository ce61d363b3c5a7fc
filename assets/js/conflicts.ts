// The page on which conflicts are resolved: <conflict-editor> shows the sides of each conflict beside one another above an editor
// of the result, which stays a <textarea> to the form. Nothing of it is needed to resolve conflicts.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { LanguageDescription, syntaxHighlighting } from '@codemirror/language';
import { languages } from '@codemirror/language-data';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, type Range, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { type Labels, type Part, type Region, regionsIn, type Taken, taken } from './conflict-regions.ts';
import { colours, theme } from './editor-look.ts';

const look = EditorView.theme({
  '&': { minHeight: '0', maxHeight: '70vh' },
  '.cm-scroller': { minHeight: '0', overflow: 'auto' },
  '.cm-conflict-head': { backgroundColor: 'var(--bgColor-accent-muted)' },
  '.cm-conflict-base': { backgroundColor: 'var(--bgColor-success-muted)' },
  '.cm-conflict-ancestor': { backgroundColor: 'var(--bgColor-neutral-muted)' },
  '.cm-conflict-mark': { color: 'var(--fgColor-muted)', fontWeight: '600' },
});

class ConflictEditor extends HTMLElement {
  private view: EditorView | undefined;
  private strip: Strip | undefined;
  private shown = 0;
  private readonly language = new Compartment();
  private watcher: IntersectionObserver | undefined;

  connectedCallback(): void {
    if (this.view || this.watcher) return;
    // A page may hold a hundred files: an editor is made when its file comes near.
    this.watcher = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.open(),
      { rootMargin: '400px' },
    );
    this.watcher.observe(this);
  }

  disconnectedCallback(): void {
    this.watcher?.disconnect();
    this.watcher = undefined;
    this.view?.destroy();
    this.view = undefined;
    this.strip?.element.remove();
    this.strip = undefined;
    this.classList.remove('is-open');
  }

  get area(): HTMLTextAreaElement | null {
    return this.querySelector('textarea');
  }

  get labels(): Labels {
    return { head: this.dataset.head ?? '', base: this.dataset.base ?? '' };
  }

  get regions(): Region[] {
    return regionsIn(this.text, this.labels);
  }

  get text(): string {
    return this.view?.state.doc.toString() ?? this.area?.value ?? '';
  }

  private open(): void {
    const { area } = this;
    if (this.view || !area) return;
    this.watcher?.disconnect();
    const host = document.createElement('div');
    host.className = 'conflict-host';
    const root = host.attachShadow({ mode: 'open' });
    this.strip = makeStrip(this.labels, {
      go: (step) => this.go(step),
      take: (which) => this.take(which),
    });
    this.append(this.strip.element, host);
    this.classList.add('is-open');
    this.view = new EditorView({
      state: EditorState.create({ doc: area.value, extensions: this.extensions(area) }),
      parent: root,
      root,
    });
    this.showRegion();
    void this.loadLanguage();
  }

  private go(step: number): void {
    const { regions } = this;
    if (regions.length === 0) return;
    this.shown = (this.shown + step + regions.length) % regions.length;
    const region = regions[this.shown];
    if (region && this.view) {
      this.view.dispatch({
        selection: { anchor: region.head.from },
        effects: EditorView.scrollIntoView(region.from, { y: 'center' }),
      });
      this.showRegion();
    }
  }

  private take(which: Taken): void {
    const region = this.regions[this.shown];
    if (!region || !this.view) return;
    const insert = taken(this.text, region, which);
    this.view.dispatch({
      changes: { from: region.from, to: region.to, insert },
      selection: { anchor: region.from },
      userEvent: 'input',
    });
    this.showRegion();
  }

  private showRegion(): void {
    const { regions, text } = this;
    this.shown = Math.max(0, Math.min(this.shown, regions.length - 1));
    this.strip?.show(text, regions, this.shown);
  }

  private async loadLanguage(): Promise<void> {
    const name = (this.dataset.path ?? '').split('/').at(-1) ?? '';
    const support = await LanguageDescription.matchFilename(languages, name)?.load();
    this.view?.dispatch({ effects: this.language.reconfigure(support ?? []) });
  }

  private extensions(area: HTMLTextAreaElement): Extension[] {
    const { labels } = this;
    return [
      [lineNumbers(), highlightSpecialChars(), history(), drawSelection(), highlightActiveLine()],
      [highlightSelectionMatches(), syntaxHighlighting(colours), look, theme, regionColours(labels)],
      this.language.of([]),
      EditorView.contentAttributes.of({ 'aria-label': area.ariaLabel ?? 'Text', spellcheck: 'false' }),
      keymap.of([
        { key: 'F7', run: () => this.step(1), shift: () => this.step(-1) },
        ...searchKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        area.value = update.state.doc.toString();
        area.dispatchEvent(new Event('input', { bubbles: true }));
        this.showRegion();
      }),
    ];
  }

  private step(by: number): boolean {
    this.go(by);
    return true;
  }
}

/** Each side in a colour of its own. */
function regionColours(labels: Labels): Extension {
  const make = (state: EditorState): DecorationSet => {
    const text = state.doc.toString();
    const ranges: Range<Decoration>[] = [];
    for (const region of regionsIn(text, labels)) {
      const kindOf = (at: number) =>
        (['head', 'ancestor', 'base'] as const).find((kind) => isIn(region[kind], at));
      for (let at = region.from; at < region.to; at = state.doc.lineAt(at).to + 1) {
        const name = `cm-conflict-${kindOf(at) ?? 'mark'}`;
        ranges.push(Decoration.line({ class: name }).range(state.doc.lineAt(at).from));
      }
    }
    return Decoration.set(ranges);
  };
  return StateField.define<DecorationSet>({
    create: make,
    update: (value, transaction) => (transaction.docChanged ? make(transaction.state) : value),
    provide: (field) => EditorView.decorations.from(field),
  });
}

function isIn(part: Part | undefined, at: number): boolean {
  return part !== undefined && at >= part.from && at < part.to;
}

interface Strip {
  element: HTMLElement;
  show(text: string, regions: readonly Region[], at: number): void;
}

/** The three versions of one place beside one another, with what to take of them. */
function makeStrip(labels: Labels, act: { go(step: number): void; take(which: Taken): void }): Strip {
  const element = document.createElement('div');
  element.className = 'conflict-strip';
  const said = make('span', 'conflict-said strong');
  said.setAttribute('role', 'status');
  const before = button('Previous', () => act.go(-1), 'Previous conflict');
  const after = button('Next', () => act.go(1), 'Next conflict');
  const takes = [
    button(`Use ${labels.head}`, () => act.take('head')),
    button(`Use ${labels.base}`, () => act.take('base')),
    button('Use both', () => act.take('both')),
  ];
  const bar = make('div', 'conflict-bar');
  bar.append(said, before, after, make('span', 'grow'), ...takes);
  const columns = make('div', 'conflict-columns');
  const head = column('head', labels.head);
  const ancestor = column('ancestor', 'Common ancestor');
  const base = column('base', labels.base);
  columns.append(head.element, ancestor.element, base.element);
  element.append(bar, columns);
  return {
    element,
    show: (text, regions, at) => {
      const region = regions[at];
      element.classList.toggle('is-done', !region);
      said.textContent = region
        ? `Conflict ${at + 1} of ${regions.length}`
        : 'Nothing is left in conflict here';
      for (const one of [before, after]) one.hidden = regions.length < 2;
      for (const one of takes) one.hidden = !region;
      columns.hidden = !region;
      head.show(text, region?.head);
      ancestor.show(text, region?.ancestor);
      base.show(text, region?.base);
    },
  };
}

function column(kind: string, title: string) {
  const element = make('div', `conflict-column conflict-column-${kind}`);
  const label = make('div', 'conflict-column-title small strong break');
  label.textContent = title;
  const code = make('pre', 'conflict-column-text mono');
  code.tabIndex = 0;
  code.setAttribute('aria-label', title);
  element.append(label, code);
  return {
    element,
    show: (text: string, part: Part | undefined) => {
      const lines = part ? text.slice(part.from, part.to) : '';
      code.textContent = lines === '' ? 'No lines' : lines;
      code.classList.toggle('muted', lines === '');
    },
  };
}

function make(name: string, className: string): HTMLElement {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

function button(text: string, run: () => void, label?: string): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'btn btn-sm';
  element.textContent = text;
  if (label) element.setAttribute('aria-label', label);
  element.addEventListener('click', run);
  return element;
}

/** The list of files says what is left; a choice other than the text hides the editor. */
function follow(form: HTMLFormElement): void {
  const labels = { head: form.dataset.head ?? '', base: form.dataset.base ?? '' };
  const tell = () => {
    let left = 0;
    for (const box of form.querySelectorAll<HTMLElement>('[data-conflict-box]')) {
      const open = placesLeft(box, labels);
      left += open;
      tellFile(form, box, open);
    }
    const said = form.querySelector('[data-conflicts-left]');
    if (said) said.textContent = left === 0 ? 'Everything is resolved.' : `${left} left to be resolved.`;
  };
  form.addEventListener('input', (event) => {
    if (event.target instanceof HTMLTextAreaElement) chooseText(event.target);
    tell();
  });
  form.addEventListener('change', tell);
  tell();
}

function placesLeft(box: HTMLElement, labels: Labels): number {
  const choice = box.querySelector<HTMLInputElement>('input[type="radio"]:checked')?.value;
  const area = box.querySelector('textarea');
  const editor = box.querySelector<HTMLElement>('conflict-editor');
  if (editor) editor.hidden = choice !== 'edited' && choice !== undefined;
  if (choice !== 'edited' || !area) return choice === undefined ? 1 : 0;
  return regionsIn(area.value, labels).length;
}

function tellFile(form: HTMLElement, box: HTMLElement, left: number): void {
  const link = form.querySelector<HTMLElement>(`[data-conflict-file="${box.dataset.conflictBox}"]`);
  link?.classList.toggle('is-done', left === 0);
  const said = link?.querySelector('[data-conflict-said]');
  if (said) said.textContent = left === 0 ? ': resolved' : `: ${left} left`;
}

function chooseText(area: HTMLTextAreaElement): void {
  const radio = area.closest('[data-conflict-box]')?.querySelector<HTMLInputElement>('input[value="edited"]');
  if (radio && !radio.checked) radio.checked = true;
}

if (!customElements.get('conflict-editor')) customElements.define('conflict-editor', ConflictEditor);
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-conflicts]')) follow(form);
