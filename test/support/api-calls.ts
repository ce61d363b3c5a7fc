// Calls of the API without sockets, as somebody or as nobody.
import { HOST, type TestApp } from './test-app.ts';

/**
 * Sends a call; `credentials` are a token, or a whole Authorization header; a body
 * that is a text goes as it is. What comes back is judged by the assertions.
 */
export async function callApi(
  t: TestApp,
  credentials: string | undefined,
  method: string,
  path: string,
  body?: unknown,
) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (credentials !== undefined)
    headers.authorization = credentials.includes(' ') ? credentials : `token ${credentials}`;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = body === undefined ? {} : { body: text };
  const answer = await t.web.request(`${HOST}/api/v1${path}`, { method, headers, ...sent });
  const came = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  const json = isJson ? JSON.parse(came) : undefined;
  return { status: answer.status, json, text: came, headers: answer.headers };
}
