// Sets of labels that repositories may begin with, in Gitea's REST API v1.
import { notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { LABEL_PRESETS } from './label-presets.data.ts';

const routes: Route<AccountAccess, unknown>[] = [
  {
    method: 'get',
    path: '/api/v1/label/templates',
    access: 'anyone',
    handler: (c) => c.json(LABEL_PRESETS.map(({ title }) => title)),
    api: {
      tag: 'miscellaneous',
      id: 'listLabelTemplates',
      summary: 'List the sets of labels',
      answer: 'string[]',
    },
  },
  {
    method: 'get',
    path: '/api/v1/label/templates/:name',
    access: 'anyone',
    handler: getTemplate,
    api: {
      tag: 'miscellaneous',
      id: 'getLabelTemplateInfo',
      summary: 'Get the labels of a set',
      answer: 'LabelTemplate[]',
    },
  },
];

/** Adds sets of labels to `/api/v1`. */
export function mountLabelTemplateApi(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getTemplate(c: WebContext): Response {
  const name = (c.req.param('name') ?? '').toLowerCase();
  const preset = LABEL_PRESETS.find(({ key }) => key === name);
  if (!preset) throw notFound('set of labels');
  const { labels } = preset;
  return c.json(labels.map(({ isExclusive, ...label }) => ({ ...label, exclusive: isExclusive })));
}
