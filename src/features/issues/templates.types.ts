// Issue templates as they are offered: texts in Markdown, forms, and what config.yml says beside them.
import type { Oid } from '../../platform/git/git.types.ts';

interface Template {
  /** What addresses name it by, e.g. `bug.yml`. */
  fileName: string;
  /** In the repository, for display. */
  path: string;
  /** Of its content: who answers a form must have seen this one. */
  oid: Oid;
  name: string;
  about: string;
  /** What the title begins with. */
  title: string;
  /** By name; only those that exist are given to an issue. */
  labels: readonly string[];
  assignees: readonly string[];
}

export interface MarkdownTemplate extends Template {
  kind: 'markdown';
  content: string;
}

export interface IssueForm extends Template {
  kind: 'form';
  elements: readonly FormElement[];
}

export type IssueTemplate = MarkdownTemplate | IssueForm;

interface Asked {
  /** Names its field in the form sent: by its id, or by its place. */
  key: string;
  id: string | undefined;
  label: string;
  /** Markdown. */
  description: string;
  isRequired: boolean;
}

export interface InputElement extends Asked {
  type: 'input';
  placeholder: string;
  value: string;
  isNumber: boolean;
}

export interface TextareaElement extends Asked {
  type: 'textarea';
  placeholder: string;
  value: string;
  /** The language that its text is shown as, in a fenced block. */
  render: string | undefined;
}

export interface DropdownElement extends Asked {
  type: 'dropdown';
  options: readonly string[];
  takesSeveral: boolean;
  /** The option chosen at first. */
  chosen: string | undefined;
}

export interface CheckboxesElement extends Asked {
  type: 'checkboxes';
  options: readonly { label: string; isRequired: boolean }[];
}

/** Text between the questions, which the issue does not keep. */
export interface MarkdownElement {
  type: 'markdown';
  value: string;
}

export type Question = InputElement | TextareaElement | DropdownElement | CheckboxesElement;
export type FormElement = Question | MarkdownElement;

export interface ContactLink {
  name: string;
  /** http or https. */
  url: string;
  about: string;
}

export interface TemplateConfig {
  allowsBlank: boolean;
  contactLinks: readonly ContactLink[];
}

/** What is wrong with a file, and where. */
export interface TemplateProblem {
  path: string;
  /** From 1; 0 where the file as a whole is meant. */
  line: number;
  text: string;
}

/** Everything a repository offers to whoever opens an issue. */
export interface TemplateSet {
  templates: readonly IssueTemplate[];
  config: TemplateConfig;
  /** What a blank issue begins with: a single template in the old place. */
  single: MarkdownTemplate | undefined;
  /** For those who may mend it. */
  problems: readonly TemplateProblem[];
}
