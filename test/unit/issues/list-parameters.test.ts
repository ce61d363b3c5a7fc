// Gitea's parameters of lists of issues, read as queries.
import { expect, it } from 'vitest';
import { queryOfParameters } from '../../../src/features/issues/list-parameters.service.ts';
import { formatQuery } from '../../../src/features/issues/queries.service.ts';

const read = (given: Record<string, string>) => formatQuery(queryOfParameters(given));

it('reads each of them as a term', () => {
  expect(read({})).toBe('is:open');
  expect(read({ state: 'all', type: 'issues' })).toBe('is:issue');
  expect(read({ state: 'closed', labels: 'bug, help wanted', sort: 'mostcomment' })).toBe(
    'is:closed sort:comments-desc label:bug label:"help wanted"',
  );
  expect(read({ state: 'all', milestones: 'v1,v 2' })).toBe('milestone:v1,"v 2"');
  expect(read({ state: 'all', since: '2026-01-01T00:00:00Z', before: '2026-02-01T00:00:00 01:00' })).toBe(
    'updated:>=2026-01-01T00:00:00Z updated:<2026-02-01T00:00:00+01:00',
  );
  expect(read({ created_by: 'ada', assigned_by: 'grace', mentioned_by: 'mia' })).toBe(
    'is:open author:ada assignee:grace mentions:mia',
  );
  expect(read({ created: 'true', assigned: 'false', owner: 'mill', q: 'crank -label:bug' })).toBe(
    'is:open author:@me user:mill crank -label:bug',
  );
});

it('lets no parameter say more than its own term', () => {
  expect(read({ labels: 'a" is:closed' })).toBe('is:open label:"a\\" is:closed"');
  expect(read({ created_by: 'x author:y' })).toBe('is:open author:"x author:y"');
});

it('refuses what no parameter can be', () => {
  for (const given of [
    { state: 'ajar' },
    { type: 'constructor' },
    { sort: 'x' },
    { since: 'soon' },
    { before: '1' },
  ])
    expect(() => read(given), JSON.stringify(given)).toThrow();
});
