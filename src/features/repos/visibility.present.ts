// What a visibility means, in the words of pages.
import type { Visibility } from './repos.types.ts';

interface VisibilityChoice {
  value: Visibility;
  label: string;
  icon: string;
  hint: string;
  /** What follows when an existing repository becomes so. */
  consequence: string;
}

/** Every visibility with what it means, the most open first. */
export const VISIBILITY_CHOICES: readonly VisibilityChoice[] = [
  {
    value: 'public',
    label: 'Public',
    icon: 'repo',
    hint: 'Anyone who reaches this server can read it. You choose who can write.',
    consequence: 'Everybody who reaches this server will be able to read its files and its whole history.',
  },
  {
    value: 'internal',
    label: 'Internal',
    icon: 'organization',
    hint: 'Everybody who is signed in can read it. You choose who can write.',
    consequence:
      'Everybody who is signed in will be able to read its files and its whole history. Nobody else will find it any more.',
  },
  {
    value: 'private',
    label: 'Private',
    icon: 'lock',
    hint: 'You choose who can read and write.',
    consequence:
      'Only those who were given access will be able to read it. Clones that others made stay with them.',
  },
];
