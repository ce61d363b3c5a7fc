// The browser's side: it makes pages livelier that work without it.
import './before-turbo.ts';
import '@github/clipboard-copy-element';
import '@github/relative-time-element';
import './navigation.ts';
import './menus.ts';
import './dialogs.ts';
import './controls.ts';
import './file-finder.ts';
import './late-fragment.ts';
import './lines.ts';
import './code-markdown.ts';
import './passkeys.ts';
import './shortcuts.ts';
import './sorting.ts';
