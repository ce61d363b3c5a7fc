// Check runs in the JSON of GitHub's REST API.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Annotation, CheckRun } from './check-runs.types.ts';

/** A check run with how many annotations it has; those come by an address of their own. */
export function checkRunJson(app: App, open: OpenRepository, run: CheckRun): Record<string, unknown> {
  const url = `${app.publicUrl()}/api/v1/repos${open.path}/check-runs/${run.id}`;
  const html = `${app.publicUrl()}${open.path}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    head_sha: run.commitOid,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl || html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt === null ? null : isoTime(run.startedAt),
    completed_at: run.completedAt === null ? null : isoTime(run.completedAt),
    output: {
      title: run.title || null,
      summary: run.summary || null,
      text: run.text || null,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    app: null,
    pull_requests: [],
  };
}

export function annotationJson(
  app: App,
  open: OpenRepository,
  run: CheckRun,
  one: Annotation,
): Record<string, unknown> {
  const path = one.path.split('/').map(encodeURIComponent).join('/');
  return {
    path: one.path,
    blob_href: `${app.publicUrl()}${open.path}/blob/${run.commitOid}/${path}`,
    start_line: one.startLine,
    end_line: one.endLine,
    start_column: one.startColumn ?? null,
    end_column: one.endColumn ?? null,
    annotation_level: one.level,
    title: one.title,
    message: one.message,
    raw_details: one.rawDetails,
  };
}
