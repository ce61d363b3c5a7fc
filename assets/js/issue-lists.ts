// The scripts of lists of issues, as one chunk.
import './menu-loader.ts';
import './query-field.ts';
import './issue-list.ts';
