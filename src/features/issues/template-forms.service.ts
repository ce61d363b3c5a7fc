// Issue forms: GitHub's syntax of .github/ISSUE_TEMPLATE/*.yml, read strictly, so that a form either works or says why not.
import { visibleText } from '../code/paths.service.ts';
import {
  type Findings,
  flagOf,
  listOf,
  namesIn,
  requiredTextOf,
  requireMap,
  textOf,
  type YamlMap,
} from './template-reading.service.ts';
import { parseYaml, type YamlValue } from './template-yaml.service.ts';
import type { FormElement, IssueForm, Question } from './templates.types.ts';

export const LONGEST_NAME = 200;
export const LONGEST_ABOUT = 1000;
const LONGEST_TEXT = 20_000;
const MOST_ELEMENTS = 100;
/** Of a form together, so that all of them fit into what a browser may send. */
const MOST_OPTIONS = 600;
const ID = /^[A-Za-z0-9_-]{1,100}$/;
const LANGUAGE = /^[A-Za-z0-9+#._-]{1,40}$/;

/** The form that a text describes; undefined where something was found wrong with it. Throws YamlError. */
export async function parseForm(
  findings: Findings,
  text: string,
): Promise<Omit<IssueForm, 'fileName' | 'path' | 'oid'> | undefined> {
  const map = requireMap(findings, await parseYaml(text), 'The form');
  if (!map) return undefined;
  const about = map.has('description') ? 'description' : 'about';
  const form = {
    kind: 'form' as const,
    name: visibleText(requiredTextOf(findings, map, 'name', LONGEST_NAME, 1)),
    about: requiredTextOf(findings, map, map.has(about) ? about : 'description', LONGEST_ABOUT, 1),
    title: visibleText(textOf(findings, map, 'title', LONGEST_NAME)),
    labels: namesIn(findings, map, 'labels'),
    assignees: namesIn(findings, map, 'assignees'),
    elements: elementsOf(findings, map),
  };
  return findings.problems.length === 0 ? form : undefined;
}

function elementsOf(findings: Findings, map: YamlMap): FormElement[] {
  const body = map.get('body');
  const items = listOf(findings, body, 'body');
  const line = body?.line ?? 1;
  if (items.length > MOST_ELEMENTS) {
    findings.note(line, `body has more than ${MOST_ELEMENTS} elements.`);
    return [];
  }
  const elements = items.flatMap((item, place) => elementOf(findings, item, place) ?? []);
  const questions = elements.filter((element) => element.type !== 'markdown');
  if (questions.length === 0 && elements.length === items.length)
    findings.note(line, 'body asks nothing: it needs an element that can be filled in.');
  requireFew(findings, questions, line);
  return elements;
}

function requireFew(findings: Findings, questions: readonly Question[], line: number): void {
  const options = questions.map((question) => ('options' in question ? question.options.length : 0));
  if (options.reduce((sum, count) => sum + count, 0) > MOST_OPTIONS)
    findings.note(line, `body has more than ${MOST_OPTIONS} options.`);
  const twice = (texts: string[]) => texts.find((text, place) => texts.indexOf(text) !== place);
  const id = twice(questions.flatMap((question) => question.id ?? []));
  if (id !== undefined) findings.note(line, `The id “${id}” is there twice.`);
  const label = twice(
    questions.filter((question) => question.id === undefined).map((question) => question.label),
  );
  if (label !== undefined)
    findings.note(
      line,
      `The label “${label.slice(0, 60)}” is there twice: give these elements ids, or other labels.`,
    );
}

function elementOf(findings: Findings, item: YamlValue, place: number): FormElement | undefined {
  const map = requireMap(findings, item, 'An element of body');
  if (!map) return undefined;
  const type = textOf(findings, map, 'type', 40);
  const given = map.get('attributes');
  const attributes: YamlMap =
    given === undefined || given.value === null
      ? new Map()
      : (requireMap(findings, given, 'attributes') ?? new Map());
  const line = given?.line ?? item.line;
  if (type === 'markdown')
    return { type, value: requiredTextOf(findings, attributes, 'value', LONGEST_TEXT, line) };
  const read = Object.hasOwn(READERS, type) ? READERS[type as Question['type']] : undefined;
  if (!read) {
    const known = 'markdown, textarea, input, dropdown or checkboxes';
    findings.note(map.get('type')?.line ?? item.line, `type must be ${known}.`);
    return undefined;
  }
  return read(findings, askedOf(findings, map, attributes, { line, place }), attributes, map);
}

interface Asked {
  key: string;
  id: string | undefined;
  label: string;
  description: string;
  isRequired: boolean;
  line: number;
}

function askedOf(
  findings: Findings,
  map: YamlMap,
  attributes: YamlMap,
  { line, place }: { line: number; place: number },
): Asked {
  const id = textOf(findings, map, 'id', 100) || undefined;
  if (id !== undefined && !ID.test(id))
    findings.note(map.get('id')?.line ?? line, 'id may hold letters, digits, - and _ only.');
  return {
    key: id === undefined ? `at-${place + 1}` : `id-${id}`,
    id,
    label: oneLine(requiredTextOf(findings, attributes, 'label', LONGEST_ABOUT, line)),
    description: textOf(findings, attributes, 'description', LONGEST_TEXT),
    isRequired: flagOf(findings, validationsOf(findings, map), 'required'),
    line,
  };
}

function validationsOf(findings: Findings, map: YamlMap): YamlMap {
  const given = map.get('validations');
  if (given === undefined || given.value === null) return new Map();
  return requireMap(findings, given, 'validations') ?? new Map();
}

/** It becomes a heading, which one line is. */
function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return visibleText(lines.filter((line) => line !== '').join(' '));
}

type Read = (findings: Findings, asked: Asked, attributes: YamlMap, map: YamlMap) => Question;

const READERS: Readonly<Record<Question['type'], Read>> = {
  input: (findings, { line: _, ...asked }, attributes, map) => ({
    type: 'input',
    ...asked,
    placeholder: oneLine(textOf(findings, attributes, 'placeholder', LONGEST_ABOUT)),
    value: oneLine(textOf(findings, attributes, 'value', LONGEST_ABOUT)),
    isNumber: flagOf(findings, validationsOf(findings, map), 'is_number'),
  }),
  textarea: (findings, { line: _, ...asked }, attributes) => ({
    type: 'textarea',
    ...asked,
    placeholder: textOf(findings, attributes, 'placeholder', LONGEST_TEXT),
    value: textOf(findings, attributes, 'value', LONGEST_TEXT),
    render: languageOf(findings, attributes),
  }),
  dropdown: (findings, { line, ...asked }, attributes) => {
    const options = dropdownOptions(findings, attributes, line);
    return {
      type: 'dropdown',
      ...asked,
      options,
      takesSeveral: flagOf(findings, attributes, 'multiple'),
      chosen: chosenOf(findings, attributes, options),
    };
  },
  checkboxes: (findings, { line, ...asked }, attributes) => ({
    type: 'checkboxes',
    ...asked,
    options: checkboxOptions(findings, attributes, line),
  }),
};

function languageOf(findings: Findings, attributes: YamlMap): string | undefined {
  const language = textOf(findings, attributes, 'render', 40).trim();
  if (language === '' || LANGUAGE.test(language)) return language || undefined;
  findings.note(attributes.get('render')?.line ?? 1, 'render must be the name of a language.');
  return undefined;
}

function dropdownOptions(findings: Findings, attributes: YamlMap, line: number): string[] {
  const items = listOf(findings, attributes.get('options'), 'options');
  if (items.length === 0)
    findings.note(attributes.get('options')?.line ?? line, 'options needs at least one.');
  const seen = new Set<string>();
  return items.map((item) => {
    const text = typeof item.value === 'object' ? '' : oneLine(item.text);
    if (text === '' || text.length > LONGEST_ABOUT)
      findings.note(item.line, 'An option must be a short text.');
    else if (seen.has(text)) findings.note(item.line, `The option “${text.slice(0, 60)}” is there twice.`);
    seen.add(text);
    return text;
  });
}

function chosenOf(findings: Findings, attributes: YamlMap, options: readonly string[]): string | undefined {
  const given = attributes.get('default');
  if (given === undefined || given.value === null) return undefined;
  const chosen = typeof given.value === 'number' ? options[given.value] : undefined;
  if (chosen === undefined)
    findings.note(given.line, 'default must be the number of an option, counted from 0.');
  return chosen;
}

function checkboxOptions(
  findings: Findings,
  attributes: YamlMap,
  line: number,
): { label: string; isRequired: boolean }[] {
  const items = listOf(findings, attributes.get('options'), 'options');
  if (items.length === 0)
    findings.note(attributes.get('options')?.line ?? line, 'options needs at least one.');
  const seen = new Set<string>();
  return items.flatMap((item) => {
    const map = requireMap(findings, item, 'An option');
    if (!map) return [];
    const label = oneLine(requiredTextOf(findings, map, 'label', LONGEST_ABOUT, item.line));
    if (seen.has(label)) findings.note(item.line, `The option “${label.slice(0, 60)}” is there twice.`);
    seen.add(label);
    return [{ label, isRequired: flagOf(findings, map, 'required') }];
  });
}
