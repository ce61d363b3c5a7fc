// Releases and files beside texts. Field names and types are those of Gitea's API; what is ours besides stands last in each.
import type { Shapes } from '../shape.ts';

export const releasesShapes = {
  Release: {
    assets: 'Attachment[]',
    author: 'User',
    body: 'string',
    created_at: 'date-time',
    draft: 'boolean',
    html_url: 'string',
    id: 'integer',
    name: 'string',
    prerelease: 'boolean',
    published_at: 'date-time',
    tag_name: 'string',
    tarball_url: 'string',
    target_commitish: 'string',
    upload_url: 'string',
    url: 'string',
    zipball_url: 'string',
  },
  Attachment: {
    browser_download_url: 'string',
    created_at: 'date-time',
    download_count: 'integer',
    id: 'integer',
    name: 'string',
    size: 'integer',
    uuid: 'string',
    'digest?': 'string',
    'type?': 'string',
  },
} as const satisfies Shapes;
