// The routes that change code in the browser, each with what it asks of the visitor.
import type { Route } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { getDelete, postDelete } from './deletions.web.ts';
import { getEdit, getNew, postEdit, postNew } from './edits.web.ts';
import { getCherryPick, getRevert, postCherryPick, postRevert } from './picks.web.ts';
import { orThroughFork } from './proposals.web.ts';
import { getUpload, postUpload } from './uploads.web.ts';

const AT = '/:owner/:repo';
/** Names may hold line breaks, which `*` and `.` would not match. */
const REST = ':rest{[^]+}';

export const editingRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${AT}/edit/${REST}`, access: 'code:read', handler: orThroughFork('edit', getEdit) },
  { method: 'post', path: `${AT}/edit/${REST}`, access: 'code:write', handler: postEdit },
  { method: 'get', path: `${AT}/new`, access: 'code:read', handler: orThroughFork('new', getNew) },
  { method: 'get', path: `${AT}/new/${REST}`, access: 'code:read', handler: orThroughFork('new', getNew) },
  { method: 'post', path: `${AT}/new/${REST}`, access: 'code:write', handler: postNew },
  { method: 'get', path: `${AT}/upload`, access: 'code:read', handler: orThroughFork('upload', getUpload) },
  {
    method: 'get',
    path: `${AT}/upload/${REST}`,
    access: 'code:read',
    handler: orThroughFork('upload', getUpload),
  },
  { method: 'post', path: `${AT}/upload/${REST}`, access: 'code:write', handler: postUpload },
  { method: 'get', path: `${AT}/delete/${REST}`, access: 'code:write', handler: getDelete },
  { method: 'post', path: `${AT}/delete/${REST}`, access: 'code:write', handler: postDelete },
  { method: 'get', path: `${AT}/commit/:commit/cherry-pick`, access: 'code:write', handler: getCherryPick },
  {
    method: 'post',
    path: `${AT}/commit/:commit/cherry-pick`,
    access: 'code:write',
    expensive: true,
    handler: postCherryPick,
  },
  { method: 'get', path: `${AT}/commit/:commit/revert`, access: 'code:write', handler: getRevert },
  {
    method: 'post',
    path: `${AT}/commit/:commit/revert`,
    access: 'code:write',
    expensive: true,
    handler: postRevert,
  },
];
