// What chats are told of everything that is no push, issue or pull request.
import type { Sentence } from './chat-sentences.service.ts';
import { titleText } from './chat-texts.service.ts';
import type { Facts, Json } from './facts.types.ts';

type Teller = (facts: Facts) => Sentence;

/** The sentence behind the name of who did it. */
export function siteSentence(facts: Facts): Sentence {
  const tell = TELLERS[facts.happening.name];
  return tell ? tell(facts) : { line: [{ text: facts.happening.name }] };
}

const TELLERS: Readonly<Record<string, Teller>> = {
  ping: ofPing,
  fork: ofFork,
  repository: ofRepository,
  release: ofRelease,
  status: ofStatus,
  check_run: ofCheckRun,
  member: ofMember,
  star: ofStar,
  label: (facts) => ofNamed(facts, 'label', facts.label?.name),
  milestone: (facts) => ofNamed(facts, 'milestone', facts.milestone?.title),
  merge_group: ofGroup,
  organization: ofOrganization,
  team: ofTeam,
  user: ofUser,
};

function ofPing({ repository, organization, site }: Facts): Sentence {
  const place = repository?.full_name ?? organization?.username ?? site;
  return { line: [{ text: `This webhook of ${titleText(place)} works.` }], color: 'good' };
}

function link(json: Json | undefined, text: unknown): { text: string; href?: string } {
  const shown = titleText(text);
  return json?.html_url ? { text: shown, href: String(json.html_url) } : { text: shown };
}

function ofFork({ repository, fork }: Facts): Sentence {
  const to = link(fork, fork?.full_name);
  return { line: [{ text: `forked ${titleText(repository?.full_name)} to ` }, to], url: fork?.html_url };
}

const REPOSITORY_VERBS: Readonly<Record<string, string>> = {
  edited: 'changed the settings of',
  publicized: 'made public:',
  privatized: 'made no longer public:',
};

function ofRepository({ happening: { action }, repository }: Facts): Sentence {
  const verb = REPOSITORY_VERBS[action] ?? action;
  const line = [{ text: `${verb} the repository ` }, link(repository, repository?.full_name)];
  return { line, color: action === 'deleted' ? 'bad' : 'plain' };
}

function ofRelease({ happening: { action }, release }: Facts): Sentence {
  const name = release?.name || release?.tag_name;
  const excerpt = action === 'published' ? release?.body : undefined;
  const line = [{ text: `${action} the release ` }, link(release, name)];
  return { line, url: release?.html_url, excerpt, color: action === 'published' ? 'good' : 'plain' };
}

function ofStatus({ status }: Facts): Sentence {
  const commit = status?.commit as Json | null | undefined;
  const state = titleText(status?.status);
  const href = commit?.url ? { href: String(commit.url) } : {};
  const at = { text: String(status?.sha).slice(0, 7), ...href, isCode: true as const };
  const line = [{ text: `reported ${titleText(status?.context)}: ${state} on ` }, at];
  return { line, url: commit?.url, excerpt: status?.description, color: colorOfState(state) };
}

function ofCheckRun({ checkRun }: Facts): Sentence {
  const state = titleText(checkRun?.conclusion ?? checkRun?.status);
  const line = [{ text: 'reported the check ' }, link(checkRun, checkRun?.name), { text: `: ${state}` }];
  return { line, url: checkRun?.html_url, color: colorOfState(state) };
}

function colorOfState(state: string): 'good' | 'bad' | 'plain' {
  if (state === 'success') return 'good';
  return ['failure', 'error', 'timed_out'].includes(state) ? 'bad' : 'plain';
}

function ofMember({ happening: { action }, person, role }: Facts): Sentence {
  const whom = link(person, person?.login);
  if (action === 'removed') return { line: [{ text: 'took the access of ' }, whom, { text: ' away' }] };
  return { line: [{ text: 'gave ' }, whom, { text: ` the role ${titleText(role)}` }] };
}

function ofStar({ happening: { action } }: Facts): Sentence {
  return { line: [{ text: action === 'created' ? 'starred the repository' : 'took back a star' }] };
}

function ofNamed({ happening: { action } }: Facts, kind: string, name: unknown): Sentence {
  return { line: [{ text: `${action} the ${kind} ${titleText(name)}` }] };
}

function ofGroup({ happening: { action }, mergeGroup, reason }: Facts): Sentence {
  const branch = titleText(String(mergeGroup?.base_ref).replace('refs/heads/', ''));
  if (action === 'checks_requested')
    return { line: [{ text: `asks for checks of a merge group for ${branch}` }] };
  return { line: [{ text: `ended a merge group for ${branch}: ${titleText(reason)}` }], color: 'quiet' };
}

const ORGANIZATION_VERBS: Readonly<Record<string, string>> = {
  member_added: 'added a member to',
  member_removed: 'removed a member from',
  member_invited: 'invited somebody to',
  member_role_changed: 'changed the role of a member of',
  created: 'created',
  edited: 'changed the settings of',
  deleted: 'deleted',
};

function ofOrganization({ happening: { action }, organization, person, role }: Facts): Sentence {
  const verb = ORGANIZATION_VERBS[action] ?? action;
  const whom = person ? [{ text: ': ' }, link(person, person.login)] : [];
  const as = role !== undefined && person ? [{ text: ` (${titleText(role)})` }] : [];
  const name = titleText(organization?.username);
  return { line: [{ text: `${verb} the organization ${name}` }, ...whom, ...as] };
}

function ofTeam({ happening: { action }, team, person, repository }: Facts): Sentence {
  const name = titleText(team?.name);
  if (person) {
    const verb = action === 'removed' ? 'removed' : 'added';
    const to = action === 'removed' ? 'from' : 'to';
    return { line: [{ text: `${verb} ` }, link(person, person.login), { text: ` ${to} the team ${name}` }] };
  }
  if (!repository) return { line: [{ text: `${action} the team ${name}` }] };
  const verb = action === 'added_to_repository' ? 'gave the repository to' : 'took the repository from';
  return { line: [{ text: `${verb} the team ${name}` }] };
}

function ofUser({ happening: { action }, person }: Facts): Sentence {
  return { line: [{ text: `${action} the account ` }, link(person, person?.login)] };
}
