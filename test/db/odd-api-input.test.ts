// Databases differ in which bytes and numbers they fail on; whatever is sent to the API, none of them fails a request.
import { expect, test } from 'vitest';
import { openTestDb } from '../support/database.ts';
import { askOddly, type OpenPlace } from '../web/http/odd-api-site.ts';

const open: OpenPlace = async () => {
  const { config, close } = await openTestDb();
  return { settings: { database: config }, close };
};

test('odd bodies, queries and addresses of the API are answered, and no answer is 500', async () => {
  expect(await askOddly(open, { bodies: 10, addresses: 4 })).toEqual([]);
}, 300_000);
