// Definitions as the page of symbols and the panel beside the code list them.
import type { OpenRepository } from '../repos/repos.types.ts';
import { letterOf } from './outlines.present.ts';
import { decodePath, displayPath, encodePath } from './paths.service.ts';
import type { FoundDefinitions } from './symbols.service.ts';

export interface DefinitionItem {
  name: string;
  kind: string;
  letter: string;
  path: string;
  line: number;
  href: string;
}

export interface DefinitionsModel {
  query: string;
  branch: string;
  exact: DefinitionItem[];
  others: DefinitionItem[];
  /** Whether there is no index yet. */
  isMissing: boolean;
  isCurrent: boolean;
  searchHref: string;
}

export function definitionsModel(
  open: OpenRepository,
  query: string,
  found: FoundDefinitions,
): DefinitionsModel {
  const { defaultBranch } = open.repository;
  const revision = found.isCurrent ? encodePath(defaultBranch) : (found.commitOid ?? '');
  const item = (row: FoundDefinitions['exact'][number]): DefinitionItem => ({
    name: row.name,
    kind: row.kind,
    letter: letterOf(row.kind),
    path: displayPath(decodePath(row.path)),
    line: row.line,
    href: `${open.path}/blob/${revision}/${row.path}#L${row.line}`,
  });
  return {
    query,
    branch: defaultBranch,
    exact: found.exact.map(item),
    others: found.others.map(item),
    isMissing: found.commitOid === undefined,
    isCurrent: found.isCurrent,
    searchHref: `${open.path}/symbols`,
  };
}
