// What chats are told of a happening, as one sentence with links and the beginning of what was written.
import type { ChatMessage, Line, Span } from './chat.types.ts';
import { siteSentence } from './chat-site-sentences.service.ts';
import { excerptOf, titleText } from './chat-texts.service.ts';
import type { Facts, Json } from './facts.types.ts';

const COLORS = { good: '1a7f37', bad: 'cf222e', done: '8250df', plain: '0969da', quiet: '59636e' } as const;
type Color = keyof typeof COLORS;

/** Commits of a push that a message names. */
const MOST_COMMITS = 10;

/** What happened, behind the name of who did it. */
export interface Sentence {
  line: Line;
  url?: unknown;
  excerpt?: unknown;
  lines?: Line[];
  color?: Color;
}

/** What every chat says in its own way. */
export function chatMessageOf(facts: Facts): ChatMessage {
  const { sender, repository, site } = facts;
  const { line, url, excerpt, lines = [], color = 'plain' } = sentenceOf(facts);
  const name = titleText(sender.login);
  const place: Line = repository
    ? [
        { text: '[' },
        { text: titleText(repository.full_name), href: String(repository.html_url) },
        { text: '] ' },
      ]
    : [];
  const isNobody = facts.happening.event !== undefined && facts.happening.event.actorId === undefined;
  const who: Line = [
    isNobody
      ? { text: titleText(facts.pusher ?? 'The server') }
      : { text: name, href: String(sender.html_url) },
    { text: ' ' },
  ];
  return {
    headline: [...place, ...(facts.happening.name === 'ping' ? [] : who), ...line],
    lines,
    excerpt: excerptOf(excerpt),
    url: String(url ?? repository?.html_url ?? site),
    color: COLORS[color],
    author: { name, url: String(sender.html_url), picture: String(sender.avatar_url) },
  };
}

function sentenceOf(facts: Facts): Sentence {
  const { name } = facts.happening;
  if (name === 'push') return ofPush(facts);
  if (name === 'create' || name === 'delete') return ofRef(facts);
  if (facts.review || facts.reviewComment) return ofReview(facts);
  if (facts.comment) return ofComment(facts);
  if (facts.pull) return ofPull(facts, facts.pull);
  if (facts.issue) return ofIssue(facts, facts.issue);
  return siteSentence(facts);
}

/** `3 commits`. */
function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

function ofPush({ push, repository }: Facts): Sentence {
  if (!push) return { line: [{ text: 'pushed' }] };
  const name = titleText(push.ref.replace(/^refs\/(heads|tags)\//, ''));
  const isTag = push.ref.startsWith('refs/tags/');
  const verb = push.isForced ? 'force-pushed' : 'pushed';
  const what = isTag ? 'tag ' : `${counted(push.total, 'commit')} to `;
  const href = push.compareUrl || String(repository?.html_url);
  const lines = push.commits.slice(0, MOST_COMMITS).map(commitLine);
  if (push.total > lines.length && lines.length > 0)
    lines.push([{ text: `and ${counted(push.total - lines.length, 'more commit')}` }]);
  return { line: [{ text: `${verb} ${what}` }, { text: name, href }], lines, url: href };
}

function commitLine({ id, message, url, author }: Json): Line {
  const title = titleText(String(message).split('\n', 1)[0], 100);
  return [
    { text: String(id).slice(0, 7), href: String(url), isCode: true },
    { text: ` ${title} — ${titleText((author as Json | null)?.name, 60)}` },
  ];
}

function ofRef({ happening, ref, repository }: Facts): Sentence {
  const verb = happening.name === 'create' ? 'created' : 'deleted';
  const line = [
    { text: `${verb} ${ref?.type ?? 'branch'} ` },
    { text: titleText(ref?.name), isCode: true as const },
  ];
  return { line, url: repository?.html_url, color: happening.name === 'create' ? 'plain' : 'quiet' };
}

/** `issue #1: Its title`. */
function named(kind: 'issue' | 'pull request', { number, title, html_url }: Json): Span[] {
  return [{ text: `${kind} ` }, { text: `#${String(number)}: ${titleText(title)}`, href: String(html_url) }];
}

function ofIssue(facts: Facts, issue: Json): Sentence {
  const { action } = facts.happening;
  const color = COLOR_OF[action] ?? 'plain';
  const excerpt = action === 'opened' ? issue.body : undefined;
  return { line: verbLine(facts, named('issue', issue)), url: issue.html_url, excerpt, color };
}

function ofPull(facts: Facts, pull: Json): Sentence {
  const { action } = facts.happening;
  const isMerge = action === 'closed' && pull.merged === true;
  const excerpt = action === 'opened' ? pull.body : undefined;
  const about = named('pull request', pull);
  const line = isMerge ? [{ text: 'merged ' }, ...about] : verbLine(facts, about);
  return { line, url: pull.html_url, excerpt, color: isMerge ? 'done' : (COLOR_OF[action] ?? 'plain') };
}

const COLOR_OF: Readonly<Record<string, Color>> = {
  opened: 'good',
  reopened: 'good',
  closed: 'bad',
  deleted: 'bad',
  transferred: 'quiet',
};

const VERBS: Readonly<Record<string, string>> = {
  label_updated: 'changed the labels of',
  label_cleared: 'cleared the labels of',
  milestoned: 'set the milestone of',
  demilestoned: 'cleared the milestone of',
  synchronized: 'pushed to',
  converted_to_draft: 'made a draft of',
  ready_for_review: 'marked as ready for review:',
  auto_merge_enabled: 'enabled auto-merge of',
  auto_merge_disabled: 'disabled auto-merge of',
  enqueued: 'put into the merge queue:',
  dequeued: 'took out of the merge queue:',
};

/** The verb with whom or what it is about. */
function verbLine({ happening: { action }, person, team }: Facts, about: Line): Line {
  const whom = titleText(person?.login ?? team?.name);
  if (action === 'assigned') return [{ text: `assigned ${whom} to ` }, ...about];
  if (action === 'unassigned') return [{ text: `unassigned ${whom} from ` }, ...about];
  if (action === 'review_requested') return [{ text: `asked ${whom} to review ` }, ...about];
  if (action === 'review_request_removed') return [{ text: `no longer asks ${whom} to review ` }, ...about];
  return [{ text: `${VERBS[action] ?? action} ` }, ...about];
}

function ofComment(facts: Facts): Sentence {
  const { happening, issue, pull, comment } = facts;
  const about = pull ? named('pull request', pull) : named('issue', issue ?? {});
  const verb = { created: 'commented on', edited: 'edited a comment on', deleted: 'deleted a comment on' };
  const text = verb[happening.action as keyof typeof verb] ?? 'commented on';
  return { line: [{ text: `${text} ` }, ...about], url: comment?.html_url, excerpt: comment?.body };
}

const REVIEWS: Readonly<Record<string, { verb: string; color: Color }>> = {
  pull_request_review_approved: { verb: 'approved', color: 'good' },
  pull_request_review_rejected: { verb: 'requested changes to', color: 'bad' },
  pull_request_review_comment: { verb: 'reviewed', color: 'plain' },
  pull_request_comment: { verb: 'edited a review of', color: 'plain' },
};

function ofReview({ happening, pull, review, reviewComment }: Facts): Sentence {
  const { verb, color } = REVIEWS[happening.name] ?? { verb: 'reviewed', color: 'plain' };
  const text = happening.action === 'dismissed' ? 'dismissed a review of' : verb;
  const said = reviewComment ?? review;
  const line = [{ text: `${text} ` }, ...named('pull request', pull ?? {})];
  return { line, url: said?.html_url, excerpt: said?.body, color };
}
