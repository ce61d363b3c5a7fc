// The pages that change files, and only they, load this: the editor, drafts, previews in place, dropped files.
import './code-editor.ts';
import './commit-form.ts';
import './file-drop.ts';
