// What push options say of proposed commits: `git push origin HEAD:refs/for/main -o title=… -o topic=…`.

export interface ProposalOptions {
  title?: string;
  description?: string;
  topic?: string;
  isDraft: boolean;
  /** Replaces commits of the head, where it has grown otherwise. */
  isForced: boolean;
  /** Each commit is a pull request, on the one before. */
  isStack: boolean;
}

/** Reads options; those of others are left to them. */
export function readProposalOptions(options: readonly string[]): ProposalOptions {
  const given = new Map(options.map(pairOf));
  const text = (name: string) => (given.has(name) ? decoded(given.get(name) ?? '') : undefined);
  const [title, description, topic] = [text('title'), text('description'), text('topic')];
  return {
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(topic ? { topic } : {}),
    isDraft: isOn(given.get('draft')),
    isForced: isOn(given.get('force-push')),
    isStack: isOn(given.get('stack')),
  };
}

function pairOf(option: string): [string, string] {
  const at = option.indexOf('=');
  return at < 0 ? [option, 'true'] : [option.slice(0, at), option.slice(at + 1)];
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', 'false', '0', 'no'].includes(value.toLowerCase());
}

/** Options cannot hold line ends: texts of several lines come as `{base64}…`, as for Gitea. */
function decoded(value: string): string {
  if (!value.startsWith('{base64}')) return value;
  return Buffer.from(value.slice('{base64}'.length), 'base64').toString('utf8');
}

const LONGEST_TOPIC = 100;

/** What is wrong with a topic, as a sentence. */
export function faultOfTopic(topic: string): string | undefined {
  if (topic.length > LONGEST_TOPIC) return `A topic has at most ${LONGEST_TOPIC} characters.`;
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._/+-]*$/u.test(topic))
    return 'A topic is made of letters, digits and . _ / + -, and begins with a letter or digit.';
  return undefined;
}

/** The topic of commits that were given none: the words of the first one's title, which amending rarely changes. */
export function topicOfTitle(title: string): string {
  const words =
    title
      .slice(0, 200)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('-').slice(0, 60) || 'change';
}
