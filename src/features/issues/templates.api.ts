// Issue templates and their configuration in Gitea's REST API v1.
import { describing } from '../../platform/api/description.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueTemplates, seesProblems } from './templates.service.ts';
import type { FormElement, IssueTemplate, TemplateProblem } from './templates.types.ts';

const AT = '/api/v1/repos/:owner/:repo';

const described = describing('repository');

export const templateApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${AT}/issue_templates`,
    access: 'issues:read',
    handler: getTemplates,
    api: described('repoGetIssueTemplates', 'List the issue templates of a repository', 'IssueTemplate[]'),
  },
  {
    method: 'get',
    path: `${AT}/issue_config`,
    access: 'issues:read',
    handler: getConfig,
    api: described('repoGetIssueConfig', 'Get how issues are opened in a repository', 'IssueConfig'),
  },
  {
    method: 'get',
    path: `${AT}/issue_config/validate`,
    access: 'issues:read',
    handler: getValidation,
    api: described('repoValidateIssueConfig', 'Check how issues are opened', 'IssueConfigValidation'),
  },
];

async function getTemplates(c: WebContext, open: OpenRepository): Promise<Response> {
  const { templates } = await issueTemplates(c.var.app, open);
  return c.json(templates.map((template) => templateJson(open, template)));
}

function templateJson(open: OpenRepository, template: IssueTemplate) {
  const { name, about, title, labels, assignees, path } = template;
  return {
    ...{ name, title, about, labels, assignees, ref: `refs/heads/${open.repository.defaultBranch}` },
    content: template.kind === 'markdown' ? template.content : '',
    body: template.kind === 'form' ? template.elements.map(elementJson) : [],
    file_name: path,
  };
}

function elementJson(element: FormElement) {
  if (element.type === 'markdown')
    return {
      type: element.type,
      id: '',
      attributes: { value: element.value },
      validations: {},
      visible: ['form'],
    };
  const { type, id = '', isRequired } = element;
  const validations = { ...(isRequired ? { required: true } : {}) };
  return { type, id, attributes: attributesOf(element), validations, visible: ['form', 'content'] };
}

function attributesOf(element: Exclude<FormElement, { type: 'markdown' }>): Record<string, unknown> {
  const { label, description } = element;
  const named = { label, ...(description ? { description } : {}) };
  if (element.type === 'checkboxes')
    return {
      ...named,
      options: element.options.map((option) => ({ label: option.label, required: option.isRequired })),
    };
  if (element.type === 'dropdown') {
    const { options, takesSeveral, chosen } = element;
    const at = chosen === undefined ? {} : { default: options.indexOf(chosen) };
    return { ...named, options, multiple: takesSeveral, ...at };
  }
  const { value, placeholder } = element;
  const render = element.type === 'textarea' && element.render ? { render: element.render } : {};
  return { ...named, value, placeholder, ...render };
}

async function getConfig(c: WebContext, open: OpenRepository): Promise<Response> {
  const { config } = await issueTemplates(c.var.app, open);
  return c.json({ blank_issues_enabled: config.allowsBlank, contact_links: config.contactLinks });
}

/** What is wrong is told to those who may mend it; others learn that something is. */
async function getValidation(c: WebContext, open: OpenRepository): Promise<Response> {
  const { problems } = await issueTemplates(c.var.app, open);
  const wrong = problems.filter(({ path }) => /\/config\.ya?ml$/i.test(path));
  if (!seesProblems(open)) return c.json({ valid: wrong.length === 0, message: '' });
  return c.json({ valid: wrong.length === 0, message: wrong.map(sentenceOf).join('\n') });
}

function sentenceOf({ path, line, text }: TemplateProblem): string {
  return `${path}${line ? `:${line}` : ''}: ${text}`;
}
