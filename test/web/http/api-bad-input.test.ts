// A mistake of whoever calls the API is told as one: nothing that is sent to any route makes it fail.
import { expect, it } from 'vitest';
import { askOddly } from './odd-api-site.ts';

it('answers nothing with 500, and says in JSON what is wrong', async () => {
  const open = async () => ({ settings: {}, close: async () => {} });
  expect(await askOddly(open, { bodies: 16, addresses: 5 })).toEqual([]);
}, 120_000);
