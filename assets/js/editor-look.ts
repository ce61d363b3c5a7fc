// How editors of code look, on every page that has one.
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** How editors look, by the custom properties of the page's theme. */
export const theme = EditorView.theme({
  '&': {
    color: 'var(--fgColor-default)',
    backgroundColor: 'var(--bgColor-default)',
    fontSize: '12px',
    minHeight: '60vh',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', minHeight: '60vh' },
  '.cm-content': { caretColor: 'var(--fgColor-default)', paddingBlock: '8px' },
  '.cm-cursor': { borderLeftColor: 'var(--fgColor-default)' },
  '.cm-gutters': { backgroundColor: 'var(--bgColor-default)', color: 'var(--fgColor-muted)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '40px', padding: '0 8px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--bgColor-neutral-muted)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--selection-bgColor, var(--bgColor-accent-muted))',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--bgColor-success-muted)',
  },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--bgColor-attention-muted)' },
  '.cm-panels': { backgroundColor: 'var(--bgColor-muted)', color: 'var(--fgColor-default)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--borderColor-default)' },
  '.cm-textfield': {
    backgroundColor: 'var(--bgColor-default)',
    color: 'var(--fgColor-default)',
    border: '1px solid var(--borderColor-default)',
    borderRadius: '6px',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--button-default-bgColor-rest)',
    color: 'var(--fgColor-default)',
    border: '1px solid var(--borderColor-default)',
    borderRadius: '6px',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--overlay-bgColor)',
    border: '1px solid var(--borderColor-default)',
    color: 'var(--fgColor-default)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--bgColor-accent-emphasis)',
    color: 'var(--fgColor-onEmphasis)',
  },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--bgColor-neutral-muted)',
    border: 'none',
    color: 'var(--fgColor-muted)',
  },
});

const code = (name: string) => `var(--color-prettylights-syntax-${name})`;

/** The colours of the pages that show code. */
export const colours = HighlightStyle.define([
  { tag: [tags.comment, tags.meta], color: code('comment') },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.controlKeyword], color: code('keyword') },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: code('string') },
  {
    tag: [
      tags.number,
      tags.bool,
      tags.null,
      tags.atom,
      tags.propertyName,
      tags.attributeName,
      tags.constant(tags.name),
    ],
    color: code('constant'),
  },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    color: code('entity'),
  },
  { tag: [tags.typeName, tags.className, tags.namespace], color: code('entity') },
  { tag: [tags.tagName], color: code('entity-tag') },
  { tag: [tags.heading], color: code('constant'), fontWeight: 'bold' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strong, fontWeight: 'bold' },
  { tag: [tags.link, tags.url], color: 'var(--fgColor-accent)' },
  { tag: tags.invalid, color: 'var(--fgColor-danger)' },
]);
