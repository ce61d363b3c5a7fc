// Suggested changes, as they are chosen and applied.

/** One suggestion of one comment. */
export interface ChosenSuggestion {
  /** The comment's entry. */
  entryId: number;
  /** From 0, among those of the comment. */
  index: number;
  /** Of the comment's text, as it was seen: what was changed since is not applied unseen. */
  version: number;
}
