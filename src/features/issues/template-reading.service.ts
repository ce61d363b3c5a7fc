// Reads fields of parsed YAML and notes what is wrong with them, each with its line, instead of stopping at the first.

import type { YamlValue } from './template-yaml.service.ts';
import type { TemplateProblem } from './templates.types.ts';

export type YamlMap = ReadonlyMap<string, YamlValue>;

/** Problems of one file that are told; more help nobody. */
const MOST_PROBLEMS = 10;

/** Collects what is wrong with one file. */
export interface Findings {
  readonly problems: readonly TemplateProblem[];
  note(line: number, text: string): void;
}

/** Findings about the file at a path whose YAML begins behind `linesBefore` lines. */
export function openFindings(path: string, linesBefore = 0): Findings {
  const problems: TemplateProblem[] = [];
  return {
    problems,
    note(line, text) {
      if (problems.length < MOST_PROBLEMS) problems.push({ path, line: line && line + linesBefore, text });
    },
  };
}

/** The map that a value is; notes and returns undefined for anything else. */
export function requireMap(findings: Findings, of: YamlValue | undefined, what: string): YamlMap | undefined {
  if (of?.value instanceof Map) return of.value as YamlMap;
  findings.note(of?.line ?? 1, `${what} must hold names with values.`);
  return undefined;
}

/** The items of a list; notes anything else that is there. */
export function listOf(findings: Findings, of: YamlValue | undefined, what: string): readonly YamlValue[] {
  if (of === undefined || of.value === null) return [];
  if (Array.isArray(of.value)) return of.value as readonly YamlValue[];
  findings.note(of.line, `${what} must be a list.`);
  return [];
}

/** A text of `most` characters at most; empty where there is none. */
export function textOf(findings: Findings, map: YamlMap, name: string, most: number): string {
  const of = map.get(name);
  if (of === undefined || of.value === null) return '';
  if (typeof of.value === 'object') {
    findings.note(of.line, `${name} must be a text.`);
    return '';
  }
  if (of.text.length <= most) return of.text;
  findings.note(of.line, `${name} has more than ${most} characters.`);
  return '';
}

/** As `textOf`, of what must be there; `at` is the line of the whole. */
export function requiredTextOf(
  findings: Findings,
  map: YamlMap,
  name: string,
  most: number,
  at: number,
): string {
  const before = findings.problems.length;
  const text = textOf(findings, map, name, most);
  if (text.trim() === '' && findings.problems.length === before)
    findings.note(map.get(name)?.line ?? at, `${name} is missing.`);
  return text;
}

/** true or false; what is missing is `otherwise`. */
export function flagOf(findings: Findings, map: YamlMap, name: string, otherwise = false): boolean {
  const of = map.get(name);
  if (of === undefined || of.value === null) return otherwise;
  if (typeof of.value === 'boolean') return of.value;
  findings.note(of.line, `${name} must be true or false.`);
  return otherwise;
}

const MOST_NAMES = 50;

/** Names in a list, or in one text with commas between them. */
export function namesIn(findings: Findings, map: YamlMap, name: string): string[] {
  const of = map.get(name);
  if (of === undefined || of.value === null) return [];
  const texts =
    typeof of.value === 'object' ? listOf(findings, of, name).map(({ text }) => text) : of.text.split(',');
  const names = texts.map((one) => one.trim()).filter((one) => one !== '' && one.length <= 100);
  return [...new Set(names)].slice(0, MOST_NAMES);
}
