// Sudo mode on the web: the page that asks again who one is carries what was typed into the form before it, and posts
// to the same address; the proof is taken here, before the route, which then finds its form as if nothing had been asked.
import { isAppError } from '../../base/errors.ts';
import { clientOf, originOf } from '../../features/auth/answer-sign-in.web.ts';
import { passkeyObstacle } from '../../features/auth/passkey-site.service.ts';
import { proofChoices, proveAgain } from '../../features/auth/proofs.service.ts';
import { isTextForm, readFormEntries, readProofFields } from '../../platform/web/forms.ts';
import { requireUserActor } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { askedAddress, localReturnAddress } from '../../platform/web/return-address.ts';
import type { WebContext } from '../../platform/web/web.types.ts';

/** Beyond these a form is not carried: what was typed there is typed again. */
const MOST_FIELDS = 200;
const MOST_CHARACTERS = 256 * 1024;
/** Never written into a page. The forgery token is each page's own. */
const NEVER_CARRIED = /password|passphrase|secret|^current$|^next$|^csrf$/i;

/** Takes the proof that came with a form, if one did; answers by itself when it is wrong or leads back to a page. */
export async function takeProof(c: WebContext): Promise<Response | undefined> {
  const { app, actor, session } = c.var;
  if (c.req.method !== 'POST' || !session || !isTextForm(c)) return undefined;
  const { prove_return: returnTo, ...given } = await readProofFields(c);
  if (Object.keys(given).length === 0) return undefined;
  try {
    const provenAt = await proveAgain(app, requireUserActor(actor), session.id, given, clientOf(c));
    c.set('session', { ...session, provenAt });
  } catch (error) {
    return answerRefusal(c, error, returnTo);
  }
  return returnTo === undefined ? undefined : c.redirect(localReturnAddress(returnTo), 303);
}

function answerRefusal(c: WebContext, error: unknown, returnTo: string | undefined): Promise<Response> {
  if (isAppError(error, 'invalid')) return answerProofPage(c, error.fields ?? {}, 422, returnTo);
  if (!isAppError(error, 'rate_limited')) throw error;
  c.header('Retry-After', String(error.retryAfter ?? 60));
  return answerProofPage(c, { prove_password: error.message }, 429, returnTo);
}

/** The answer where a route wants a fresh proof: the page that asks for it, or JSON for scripts. */
export async function answerProofNeeded(c: WebContext, message: string): Promise<Response> {
  if (c.req.header('accept')?.includes('application/json')) return c.json({ message, prove: true }, 403);
  return answerProofPage(c, {}, 403, undefined);
}

async function answerProofPage(
  c: WebContext,
  errors: Record<string, string>,
  status: number,
  returnTo: string | undefined,
): Promise<Response> {
  const choices = await proofChoices(c.var.app, requireUserActor(c.var.actor));
  const carried = returnTo === undefined ? await carriedFields(c) : undefined;
  const back = localReturnAddress(returnTo ?? pageBehind(c));
  const model = {
    title: 'Confirm that it is you',
    ...choices,
    obstacle: passkeyObstacle(c.var.app, originOf(c), '/'),
    action: askedAddress(c.req.url),
    fields: carried ?? [],
    returnTo: carried ? undefined : back,
    isLost: carried === undefined && returnTo === undefined && c.req.method !== 'GET',
    back,
    errors,
  };
  c.header('Cache-Control', 'no-store');
  return page(c, 'auth/prove', model, status);
}

/** What the form before held, to be sent again; undefined where it cannot be carried. */
async function carriedFields(c: WebContext): Promise<[string, string][] | undefined> {
  if (c.req.method !== 'POST' || !(isTextForm(c) || c.req.header('content-type') === undefined))
    return undefined;
  const fields = (await readFormEntries(c)).filter(([name]) => !NEVER_CARRIED.test(name));
  const size = fields.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return fields.length > MOST_FIELDS || size > MOST_CHARACTERS ? undefined : fields;
}

/** The page to come back to: the one asked for, or the one whose form was sent. */
function pageBehind(c: WebContext): string {
  if (c.req.method === 'GET') return askedAddress(c.req.url);
  const referrer = URL.parse(c.req.header('referer') ?? '');
  return referrer?.host === c.var.host ? referrer.pathname + referrer.search : '/';
}
