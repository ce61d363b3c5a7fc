// The web application: what happens around every request, and the rooms whose routes it serves.
import { Hono } from 'hono';
import { AppError, notFound } from '../../base/errors.ts';
import { mountAdminApi } from '../../features/admin/admin.api.ts';
import { mountAdmin } from '../../features/admin/admin.web.ts';
import { mountUserApi } from '../../features/auth/auth.api.ts';
import { mountAuth } from '../../features/auth/auth.web.ts';
import { mountTokens } from '../../features/auth/tokens.web.ts';
import { mountCodeApi } from '../../features/code/code.api.ts';
import { mountCode } from '../../features/code/code.web.ts';
import { mountIssuesEverywhere } from '../../features/issues/everywhere.web.ts';
import { mountIssuesApi } from '../../features/issues/issues.api.ts';
import { mountIssues } from '../../features/issues/issues.web.ts';
import { mountIssueSearchApi } from '../../features/issues/lists.api.ts';
import { mountMirrorApi } from '../../features/mirrors/mirrors.api.ts';
import { mountMirrors } from '../../features/mirrors/mirrors.web.ts';
import { hasUnread } from '../../features/notifications/inbox.service.ts';
import { mountNotificationsApi } from '../../features/notifications/notifications.api.ts';
import { mountNotifications } from '../../features/notifications/notifications.web.ts';
import { mountOrgsApi } from '../../features/orgs/organizations.api.ts';
import { mountOrgs } from '../../features/orgs/orgs.web.ts';
import { mountProfiles } from '../../features/profiles/profiles.web.ts';
import { mountPullsApi } from '../../features/pulls/pulls.api.ts';
import { mountPulls } from '../../features/pulls/pulls.web.ts';
import { mountReleasesApi } from '../../features/releases/releases.api.ts';
import { mountReleases } from '../../features/releases/releases.web.ts';
import { mountRepoApi } from '../../features/repos/repos.api.ts';
import { mountRepos } from '../../features/repos/repos.web.ts';
import { mountTeamRepositoryApi } from '../../features/repos/team-repositories.api.ts';
import { TOKEN_REPOSITORIES } from '../../features/repos/token-repositories.service.ts';
import { mountRulesApi } from '../../features/rules/rules.api.ts';
import { mountRules } from '../../features/rules/rules.web.ts';
import { mountUsersApi } from '../../features/users/users.api.ts';
import { mountUsers } from '../../features/users/users.web.ts';
import { mountWebhooksApi } from '../../features/webhooks/webhooks.api.ts';
import { mountWebhooks } from '../../features/webhooks/webhooks.web.ts';
import type { App } from '../../platform/app.types.ts';
import { freshenNotices } from '../../platform/web/notices.ts';
import { ProofNeeded } from '../../platform/web/proof.ts';
import { isStreamed } from '../../platform/web/routes.ts';
import type { WebApp, WebContext, WebEnv } from '../../platform/web/web.types.ts';
import { finishAnswer } from './answers.ts';
import { answerCors } from './api-cors.ts';
import { setRateHeaders, takeApiCall } from './api-rates.ts';
import { mountApiReference } from './api-reference.routes.ts';
import { mountAssets } from './assets.routes.ts';
import { limitBody } from './bodies.ts';
import { refuseForgery } from './csrf.ts';
import { mountDesign } from './design.routes.ts';
import { answerError, answerUnmatched } from './errors.ts';
import { giveTime } from './listen-limits.ts';
import { mountOperations } from './operations.ts';
import { answerProofNeeded, takeProof } from './proof.ts';
import { identifyRequest, recordRequest } from './requests.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { isApi, isSameForAll, signInRequest } from './sign-in.ts';
import { mountMiscellaneousApi } from './site-api.routes.ts';
import { mountTheme } from './theme.routes.ts';
import { mountVersion } from './version.routes.ts';

/** Builds the web application with every room's routes. */
export function createWeb(app: App): WebApp {
  const web: WebApp = new Hono<WebEnv>();
  web.use('*', (c, next) => surround(app, web, c, next));
  web.onError((error, c) => answerFailure(c, error));
  web.notFound((c) => answerUnmatched(web, c));
  mountOperations(web);
  mountAssets(web, process.env.OPENCODEHUB_DEV === '1');
  mountTheme(web);
  mountDesign(web);
  mountVersion(web);
  mountMiscellaneousApi(web);
  mountApiReference(web);
  mountUsersApi(web);
  mountUserApi(web);
  mountOrgsApi(web);
  mountAdminApi(web);
  mountMirrorApi(web);
  mountIssueSearchApi(web);
  mountRepoApi(web);
  mountTeamRepositoryApi(web);
  // Before the routes of code, whose `commits/…` is wider.
  mountRulesApi(web);
  mountPullsApi(web);
  mountCodeApi(web);
  mountReleasesApi(web);
  mountIssuesApi(web);
  mountNotificationsApi(web);
  mountWebhooksApi(web);
  mountAuth(web);
  mountTokens(web, TOKEN_REPOSITORIES);
  mountUsers(web);
  mountAdmin(web);
  mountOrgs(web);
  mountMirrors(web);
  mountWebhooks(web);
  mountRepos(web);
  mountIssuesEverywhere(web);
  // Before the pages of accounts, whose pattern is wider.
  mountNotifications(web);
  mountProfiles(web);
  mountReleases(web);
  mountRules(web);
  mountIssues(web);
  mountPulls(web);
  // Last: these hold the widest patterns.
  mountCode(web);
  return web;
}

async function surround(app: App, web: WebApp, c: WebContext, next: () => Promise<void>): Promise<void> {
  const started = performance.now();
  identifyRequest(c, app);
  const act = () => answerAdmitted(web, c, next);
  if (isApi(c)) {
    const beforehand = await answerCors(c, act);
    if (beforehand) c.res = beforehand;
    setRateHeaders(c, c.res.headers);
  } else await act();
  setSecurityHeaders(c, c.res.headers);
  await finishAnswer(c);
  recordRequest(c, performance.now() - started);
}

async function answerAdmitted(web: WebApp, c: WebContext, next: () => Promise<void>): Promise<void> {
  try {
    const answer = await admit(web, c);
    if (answer) c.res = answer;
    else await next();
  } catch (error) {
    c.res = answerError(c, error);
  }
}

/** Bounds the body, finds the actor, refuses forgeries, and takes the proof that a form may bring. */
async function admit(web: WebApp, c: WebContext): Promise<Response | undefined> {
  if (isSameForAll(c)) return undefined;
  const streams = isStreamed(web, c);
  if (!streams) await limitBody(c, c.var.app.config.server.max_body_bytes);
  await signInCounted(c);
  if (streams && c.var.actor.kind !== 'anonymous') giveTime(c.env?.incoming);
  refuseNul(c);
  if (isApi(c)) return undefined;
  await freshenNotices(c.var.app);
  if (c.var.session) c.set('hasUnread', await hasUnread(c.var.app, c.var.actor));
  await refuseForgery(c);
  return takeProof(c);
}

/** Calls of the API are counted, those with wrong credentials as of nobody. */
async function signInCounted(c: WebContext): Promise<void> {
  try {
    await signInRequest(c);
  } finally {
    if (isApi(c)) takeApiCall(c);
  }
}

/** No text holds NUL, and some databases fail on it. */
function refuseNul(c: WebContext): void {
  const at = c.req.url.indexOf('%00');
  if (at === -1) return;
  const query = c.req.url.indexOf('?');
  if (query === -1 || at < query) throw notFound('page');
  throw new AppError('invalid', 'An address cannot hold NUL characters.');
}

function answerFailure(c: WebContext, error: unknown): Response | Promise<Response> {
  return error instanceof ProofNeeded ? answerProofNeeded(c, error.message) : answerError(c, error);
}
