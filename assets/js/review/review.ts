// Reviews on pages of changes and in conversations: starts what they can do, once for the whole document.
import { startComments } from './comments.ts';
import { startForms } from './forms.ts';
import { startKeys } from './keys.ts';
import { startPlus } from './plus.ts';

let isStarted = false;

/** Called for each page that holds conversations on code. */
export function openReview(): void {
  if (isStarted) return;
  isStarted = true;
  startComments();
  startForms();
  startPlus();
  startKeys();
}
