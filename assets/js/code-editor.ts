// <code-editor for="…"> puts CodeMirror in place of the <textarea> it holds, which stays what the form sends. It lives in
// a shadow root: there CodeMirror uses constructed style sheets, which our content security policy lets be.
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  LanguageDescription,
  syntaxHighlighting,
} from '@codemirror/language';
import { languages } from '@codemirror/language-data';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { colours, theme } from './editor-look.ts';

class CodeEditor extends HTMLElement {
  view: EditorView | undefined;
  private readonly wrapping = new Compartment();
  private readonly language = new Compartment();

  connectedCallback(): void {
    const area = this.querySelector('textarea');
    if (this.view || !area) return;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    this.view = new EditorView({
      state: EditorState.create({ doc: area.value, extensions: this.extensions(area) }),
      parent: root,
      root,
    });
    if (area.autofocus) this.view.focus();
    void this.loadLanguage();
  }

  /** Removed by Turbo: what is cached of the page holds the plain field again. */
  disconnectedCallback(): void {
    this.view?.destroy();
    this.view = undefined;
  }

  get value(): string {
    return this.view?.state.doc.toString() ?? this.querySelector('textarea')?.value ?? '';
  }

  set value(text: string) {
    const { view } = this;
    if (!view) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }

  set wraps(on: boolean) {
    this.view?.dispatch({ effects: this.wrapping.reconfigure(on ? EditorView.lineWrapping : []) });
  }

  override focus(): void {
    this.view?.focus();
  }

  /** Colours by the name of the file, which may be typed just now. */
  async loadLanguage(path = this.dataset.path ?? ''): Promise<void> {
    const name = path.split('/').at(-1) ?? '';
    const found = LanguageDescription.matchFilename(languages, name);
    const support = found && (await found.load());
    this.view?.dispatch({ effects: this.language.reconfigure(support ?? []) });
  }

  private extensions(area: HTMLTextAreaElement): Extension[] {
    const { indent, size, tab } = this.dataset;
    const width = Number(size ?? tab ?? guessedSize(area.value));
    const usesTabs = indent === 'tab' || (indent === undefined && /^\t/m.test(area.value));
    return [
      [
        lineNumbers(),
        highlightActiveLineGutter(),
        foldGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
      ],
      [
        indentOnInput(),
        bracketMatching(),
        autocompletion(),
        highlightActiveLine(),
        highlightSelectionMatches(),
      ],
      indentUnit.of(usesTabs ? '\t' : ' '.repeat(width)),
      EditorState.tabSize.of(Number(tab ?? size ?? 8)),
      syntaxHighlighting(colours),
      theme,
      this.wrapping.of([]),
      this.language.of([]),
      EditorView.contentAttributes.of({ 'aria-label': 'Content of the file', spellcheck: 'false' }),
      keymap.of([
        { key: 'Tab', run: indentMore, shift: indentLess },
        // Whoever works by keyboard gets out of the editor by Escape, then Tab.
        { key: 'Escape', run: () => leave(this) },
        ...completionKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...foldKeymap,
        ...defaultKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        area.value = update.state.doc.toString();
        area.dispatchEvent(new Event('input', { bubbles: true }));
      }),
    ];
  }
}

function leave(editor: HTMLElement): boolean {
  const button = editor.closest('form')?.querySelector<HTMLElement>('[data-opens="commit-dialog"]');
  button?.focus();
  return button !== null;
}

/** Spaces that the first indented line of a file begins with. */
function guessedSize(text: string): number {
  const first = /^( {2,8})\S/m.exec(text)?.[1]?.length ?? 2;
  return first === 3 || first > 4 ? (first === 8 ? 8 : 2) : first;
}

if (!customElements.get('code-editor')) customElements.define('code-editor', CodeEditor);

export type { CodeEditor };
