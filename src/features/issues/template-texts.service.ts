// Issue templates in Markdown with their front matter, and config.yml.
import { visibleText } from '../code/paths.service.ts';
import { LONGEST_ABOUT, LONGEST_NAME } from './template-forms.service.ts';
import {
  type Findings,
  flagOf,
  listOf,
  namesIn,
  requiredTextOf,
  requireMap,
  textOf,
} from './template-reading.service.ts';
import { parseYaml, type YamlValue } from './template-yaml.service.ts';
import type { ContactLink, MarkdownTemplate, TemplateConfig } from './templates.types.ts';

/** What stands between two lines of three dashes at the start. */
const FRONT_MATTER = /^---[ \t]*\r?\n/;
const FRONT_MATTER_END = /^---[ \t]*\r?$/m;

type Read = Omit<MarkdownTemplate, 'fileName' | 'path' | 'oid'>;

/** The template a text is, named as the file where it does not say; undefined where something is wrong. Throws YamlError. */
export async function parseMarkdownTemplate(
  findings: Findings,
  text: string,
  fileName: string,
): Promise<Read | undefined> {
  const { front, content } = splitFrontMatter(text);
  const otherwise = visibleText(fileName.replace(/\.[a-z]+$/i, '').replace(/[-_]+/g, ' '));
  const none: Read = {
    kind: 'markdown',
    name: otherwise,
    about: '',
    title: '',
    labels: [],
    assignees: [],
    content,
  };
  if (front === undefined || front.trim() === '') return none;
  const map = requireMap(findings, await parseYaml(front), 'The front matter');
  if (!map) return undefined;
  const template: Read = {
    kind: 'markdown',
    name: visibleText(textOf(findings, map, 'name', LONGEST_NAME)) || otherwise,
    about: textOf(findings, map, map.has('about') ? 'about' : 'description', LONGEST_ABOUT),
    title: visibleText(textOf(findings, map, 'title', LONGEST_NAME)),
    labels: namesIn(findings, map, 'labels'),
    assignees: namesIn(findings, map, 'assignees'),
    content,
  };
  return findings.problems.length === 0 ? template : undefined;
}

function splitFrontMatter(text: string): { front: string | undefined; content: string } {
  const start = FRONT_MATTER.exec(text)?.[0].length;
  const behind = start === undefined ? '' : text.slice(start);
  const end = FRONT_MATTER_END.exec(behind);
  if (!end) return { front: undefined, content: tidied(text) };
  return { front: behind.slice(0, end.index), content: tidied(behind.slice(end.index + end[0].length)) };
}

function tidied(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '\ufffd')
    .replace(/^\n+/, '');
}

const MOST_LINKS = 20;

/** What config.yml says; where something is wrong with it, as much as can be read. Throws YamlError. */
export async function parseConfig(findings: Findings, text: string): Promise<TemplateConfig> {
  const parsed = await parseYaml(text);
  if (parsed === undefined || parsed.value === null) return { allowsBlank: true, contactLinks: [] };
  const map = requireMap(findings, parsed, 'config.yml') ?? new Map();
  const links = listOf(findings, map.get('contact_links'), 'contact_links');
  if (links.length > MOST_LINKS)
    findings.note(map.get('contact_links')?.line ?? 1, `contact_links has more than ${MOST_LINKS} links.`);
  return {
    allowsBlank: flagOf(findings, map, 'blank_issues_enabled', true),
    contactLinks: links.slice(0, MOST_LINKS).flatMap((link) => linkOf(findings, link) ?? []),
  };
}

function linkOf(findings: Findings, of: YamlValue): ContactLink | undefined {
  const map = requireMap(findings, of, 'A contact link');
  if (!map) return undefined;
  const before = findings.problems.length;
  const name = visibleText(requiredTextOf(findings, map, 'name', LONGEST_NAME, of.line));
  const about = requiredTextOf(findings, map, 'about', LONGEST_ABOUT, of.line);
  const url = requiredTextOf(findings, map, 'url', 2000, of.line).trim();
  if (url !== '' && !isWebAddress(url))
    findings.note(
      map.get('url')?.line ?? of.line,
      'url must be an address that begins with https:// or http://.',
    );
  return findings.problems.length === before ? { name, about, url } : undefined;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s\\]/i.test(text) && URL.canParse(text);
}
