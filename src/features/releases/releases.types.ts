// The values of the room: releases, their files, and uploads of such files that are under way.
import type { releaseAssets, releases, uploads } from '../../platform/db/tables/code.ts';

export type ReleaseRow = typeof releases.$inferSelect;
export type AssetRow = typeof releaseAssets.$inferSelect;
export type UploadRow = typeof uploads.$inferSelect;

/** A release with its files, by name. */
export interface Release {
  row: ReleaseRow;
  assets: AssetRow[];
}

/** Where a list of published releases goes on: behind this one. */
export interface ReleaseCursor {
  publishedAt: number;
  id: number;
}
