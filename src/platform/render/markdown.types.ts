// Where a Markdown document stands, as data that can be handed to a worker.

export interface MarkdownPlace {
  /** `/owner/name` of the repository. */
  repository: string;
  /** The revision as it stands in addresses: percent-encoded, slashes kept. */
  revision: string;
  /** The document's directory as it stands in addresses; empty for the root. */
  directory: string;
}
