// The labels that repositories begin with, and sets of labels that an empty list offers.
import type { LabelInput } from './labels.types.ts';

export interface LabelPreset {
  key: string;
  title: string;
  text: string;
  labels: readonly LabelInput[];
}

const plain = (name: string, color: string, description: string): LabelInput => ({
  name,
  color,
  description,
  isExclusive: false,
});
const scoped = (name: string, color: string, description: string): LabelInput => ({
  name,
  color,
  description,
  isExclusive: true,
});

/** The nine that people know from GitHub. */
export const DEFAULT_LABELS: readonly LabelInput[] = [
  plain('bug', 'd73a4a', "Something isn't working"),
  plain('documentation', '0075ca', 'Improvements or additions to documentation'),
  plain('duplicate', 'cfd3d7', 'This issue or pull request already exists'),
  plain('enhancement', 'a2eeef', 'New feature or request'),
  plain('good first issue', '7057ff', 'Good for newcomers'),
  plain('help wanted', '008672', 'Extra attention is needed'),
  plain('invalid', 'e4e669', "This doesn't seem right"),
  plain('question', 'd876e3', 'Further information is requested'),
  plain('wontfix', 'ffffff', 'This will not be worked on'),
];

const SCOPED_LABELS: readonly LabelInput[] = [
  scoped('kind/bug', 'd73a4a', 'Something does not work as it should'),
  scoped('kind/feature', '1f883d', 'Something new'),
  scoped('kind/enhancement', 'a2eeef', 'Something that works could work better'),
  scoped('kind/documentation', '0075ca', 'Only texts change'),
  scoped('kind/security', '8250df', 'Can be used to do harm'),
  scoped('priority/critical', '82071e', 'Drop everything else'),
  scoped('priority/high', 'cf222e', 'Next'),
  scoped('priority/medium', 'fb8f44', 'Soon'),
  scoped('priority/low', 'eac54f', 'Some day'),
  scoped('status/needs-triage', 'ededed', 'Nobody looked at it yet'),
  scoped('status/needs-information', 'd4c5f9', 'Waits for whoever reported it'),
  scoped('status/blocked', '57606a', 'Waits for something else'),
  scoped('status/in-progress', 'bfd4f2', 'Somebody works on it'),
];

const SMALL_LABELS: readonly LabelInput[] = [
  plain('bug', 'd73a4a', 'Something does not work'),
  plain('feature', '1f883d', 'Something new'),
  plain('chore', 'bfdadc', 'Nobody sees it, and it has to be done'),
  plain('question', 'd876e3', 'Somebody wants to know'),
];

export const LABEL_PRESETS: readonly LabelPreset[] = [
  {
    key: 'default',
    title: 'Default',
    text: 'The nine labels that repositories on GitHub begin with.',
    labels: DEFAULT_LABELS,
  },
  {
    key: 'scoped',
    title: 'Scoped',
    text: 'An issue has one kind, one priority and one status: setting another one replaces it.',
    labels: SCOPED_LABELS,
  },
  {
    key: 'small',
    title: 'Small',
    text: 'Four labels, for a project that wants no more.',
    labels: SMALL_LABELS,
  },
];
