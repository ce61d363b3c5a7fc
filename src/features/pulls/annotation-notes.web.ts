// What checks remark on lines, below those lines in Files changed, before what people say of them.
import type { SafeHtml } from '../../base/html.ts';
import type { DiffFile } from '../../platform/git/diff.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { partHtml } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { ChangeNotes, FileNotes } from '../code/changes.types.ts';
import { encodePath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { annotationsOf } from '../rules/check-runs.service.ts';
import { type RunRemark, remarkItem } from './pull-checks.present.ts';

/** Remarks shown in one file: a check may find something on every line. */
const MOST = 100;

/** The notes of a review with what the newest check runs of a commit, which is shown as the head, remark. */
export function withAnnotations(
  c: WebContext,
  open: OpenRepository,
  oid: Oid,
  { fragments, of }: ChangeNotes,
): ChangeNotes {
  return {
    fragments,
    of: async (files) => {
      const [own, remarks] = await Promise.all([of(files), annotationsOf(c.var.app, open, oid)]);
      const byPath = Map.groupBy(remarks, ({ path }) => encodePath(path));
      return (file) => {
        const here = byPath.get(encodePath(file.newPathBytes));
        return here ? annotated(c, open, file, here.slice(0, MOST), own(file)) : own(file);
      };
    },
  };
}

function annotated(
  c: WebContext,
  open: OpenRepository,
  file: DiffFile,
  remarks: readonly RunRemark[],
  own: FileNotes | undefined,
): FileNotes {
  const byLine = Map.groupBy(remarks, ({ endLine }) => endLine);
  const htmlOf = (some: readonly RunRemark[]) =>
    some
      .map((remark) =>
        partHtml(c, 'pulls/annotation', {
          remark: remarkItem(open, remark),
          check: remark.check,
          runHref: `${open.path}/runs/${remark.runId}`,
        }),
      )
      .join('');
  return {
    below: (side, line) => {
      const here = side === 'head' && file.status !== 'D' ? (byLine.get(line) ?? []) : [];
      return (htmlOf(here) + (own?.below(side, line) ?? '')) as SafeHtml;
    },
    above: () => own?.above() ?? '',
    commentHref: own?.commentHref,
  };
}
