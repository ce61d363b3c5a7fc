// What pages say of an import.
import { isArchived, permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { ImportRow, ImportState } from './mirrors.types.ts';

export interface ImportModel {
  path: string;
  /** Without credentials. */
  url: string;
  state: ImportState;
  isUnderWay: boolean;
  stage: string;
  percent: number;
  /** Why it failed; only for who may try again. */
  error: string | undefined;
  mayManage: boolean;
}

/** How far an import is. */
export function importModel(open: OpenRepository, row: ImportRow): ImportModel {
  const mayManage = permissionIncludes(open.permission, 'admin') && !isArchived(open.repository);
  return {
    path: open.path,
    url: row.url,
    state: row.state,
    isUnderWay: row.state === 'waiting' || row.state === 'running',
    stage: row.state === 'waiting' ? 'Waiting for its turn' : row.stage,
    percent: row.percent,
    error: mayManage ? (row.error ?? undefined) : undefined,
    mayManage,
  };
}
