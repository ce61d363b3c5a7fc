// Which methods of Gitea's own JavaScript client no scenario calls. Each file makes sure that what it names was really called.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { methodsNamedIn, methodsOfClient } from './gitea-js-site.ts';

/** What this product has not, and so has no routes for. */
const NOT_HERE: readonly [RegExp, string][] = [
  [/^activitypub\./, 'servers are not federated'],
  [/^packages\./, 'there is no registry of packages'],
  [/wiki/i, 'there are no wikis'],
  [/Runner|Secret|Variable|ActionTasks$/, 'there are no actions'],
  [/TrackedTime|TimesTracked|issueAddTime|issueResetTime|issueDeleteTime|StopWatch/, 'time is not tracked'],
  [/oauth2/i, 'it is no provider of OAuth 2'],
  [/Badges$/, 'accounts carry no badges'],
  [/nadopted|AdoptRepository$/, 'directories are not adopted'],
  [/^repos\.repo(?:Update|Delete)Avatar$/, 'repositories have no pictures'],
  [/^user\.userVerifyGpgKey$/, 'a key is proven as it is added; the client sends nothing here'],
];

it('calls every method of the client that there is something for', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^gitea-js-.*\.test\.ts$/.test(name));
  const named = new Set(
    files.flatMap((file) => [...methodsNamedIn(readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))]),
  );
  const methods = methodsOfClient();
  expect(methods.length).toBeGreaterThan(400);
  const never = methods.filter((name) => !named.has(name));
  expect(never.filter((name) => !NOT_HERE.some(([pattern]) => pattern.test(name)))).toEqual([]);
  // What is called has no place among the exceptions.
  expect([...named].filter((name) => NOT_HERE.some(([pattern]) => pattern.test(name)))).toEqual([]);
});
