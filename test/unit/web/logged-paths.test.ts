// What the access log keeps of an address.
import { expect, test } from 'vitest';
import { loggedPath } from '../../../src/surfaces/http/requests.ts';

test('token in URL: the secret of an invitation is not logged, by whatever route it was asked for', () => {
  for (const rest of ['', '/', '/acceptance', '/refusal', '/nothing'])
    expect(loggedPath(`/invitations/s3cret-Token_1${rest}`)).toBe(`/invitations/…${rest}`);
  expect(loggedPath('//invitations//s3cret')).not.toContain('s3cret');
  expect(loggedPath('/notifications/unsubscribe/1-issue-2-abc')).toBe('/notifications/unsubscribe/…');
  expect(loggedPath('/Invitations/s3cret')).not.toContain('s3cret');
});

test('other addresses are kept as they are', () => {
  for (const path of [
    '/',
    '/invitations',
    '/ada/invitations/blob/main/x',
    '/orgs/acme/people/invitations/7/revocation',
  ])
    expect(loggedPath(path)).toBe(path);
});
