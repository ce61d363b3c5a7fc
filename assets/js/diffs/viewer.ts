// Pages of changes: starts what they can do, once for the whole document and anew for each page that Turbo shows.

import { showAddressed, startAnchors } from './anchors.ts';
import { startColours } from './colours.ts';
import { startExpanding } from './expanding.ts';
import { startFiles } from './files.ts';
import { startImages } from './images.ts';
import { openParts } from './parts.ts';
import { startTree } from './tree.ts';
import { startViewed } from './viewed.ts';

let isStarted = false;

/** Called for each page that holds changes. */
export function openViewer(): void {
  if (!isStarted) {
    startExpanding();
    startFiles();
    startImages();
    startAnchors();
    startTree();
    startViewed();
  }
  isStarted = true;
  openParts();
  startColours();
  void showAddressed();
}
