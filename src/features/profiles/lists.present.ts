// Rows of lists of repositories.
import type { RepositorySummary } from '../repos/repos.types.ts';

export interface RepositoryListItem {
  id: number;
  path: string;
  owner: string;
  name: string;
  description: string;
  visibility: string;
  starCount: number;
  isArchived: boolean;
  updatedAt: number;
  topics: readonly string[];
}

/** A row of a list of repositories. */
export function listItem(summary: RepositorySummary, topics: readonly string[] = []): RepositoryListItem {
  const { repository, ownerName } = summary;
  return {
    id: repository.id,
    starCount: repository.starCount,
    path: `/${ownerName}/${repository.name}`,
    owner: ownerName,
    name: repository.name,
    description: repository.description,
    visibility: repository.visibility,
    isArchived: repository.archivedAt !== null,
    updatedAt: repository.pushedAt ?? repository.createdAt,
    topics,
  };
}
