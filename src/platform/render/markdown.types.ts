// Where a Markdown document stands, as data that can be handed to a worker.

export interface MarkdownPlace {
  /** `/owner/name` of the repository. */
  repository: string;
  /** The revision as it stands in addresses: percent-encoded, slashes kept. */
  revision: string;
  /** The document's directory as it stands in addresses; empty for the root. */
  directory: string;
}

/** Where a comment stands: nothing but its repository and the site decide what it links to. */
export interface CommentPlace {
  /** `/owner/name` of the repository. */
  repository: string;
  /** The site's address without a trailing slash. */
  origin: string;
}

/** A comment to render. */
export interface CommentSource {
  source: string;
  /** Stands in ids, so that they are unique on a page: letters and digits with a dash at the end. */
  idPrefix: string;
}
