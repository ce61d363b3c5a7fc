// Names nobody may take: first segments of this product's addresses, today's and planned, and names that would mislead.

const ADDRESSES = `
  - .well-known about abuse access account accounts actions activity admin administration administrator ai all
  api apis apple-touch-icon apps archive archives artifacts assets assistant atom attachments audit auth
  authorize auto avatar avatars badge badges billing blame blob blobs blog board boards branch branches browse
  builds bulk cache captcha changelog chat checks ci cli clone cloud code codespaces collections comments commit
  commits communities community compare config connect contact contributing cookies copilot css customer
  customers dashboard data default delete deploy deployments design dev developer developers devel diff discover
  discussions doc docs download downloads edit editor editors email email-change embed emojis enterprise enterprises error
  errors events example explore export faq favicon favicon.ico features feed feedback feeds file files find
  follow followers following fonts forgot-password fork forks forum gist gists git go graphql group groups guest
  guide guides health healthz help home hook hooks hosting icons id image images img import imports inbox info
  insights install installations integrations internal invitations invite invites issue issues jobs join js keys
  labels language languages ldap learn legal lfs licence license licenses licences link linked-accounts list
  lists live login logos logout mail maintenance manage manifest manifest.json mark-notification-as-read
  marketplace media members merge merge_requests messages metrics migrate milestones mine mirror mirrors mobile
  monitoring more my name names network new news none notification notifications null oauth oauth2 oci offer
  oidc onboarding open opensearch opensearch.xml openapi options org organization organizations organisation
  organisations orgs package packages page pages passkey passkeys password password-reset passwords patch payments people
  permissions ping plans plugin plugins pm preferences press pricing privacy private product profile profiles
  project projects public pull pulls pulse purchase queue queues raw readme readyz recover recovery recent
  redirect refs register registration registry release releases render repo repos repositories repository report
  reports request requests reset restricted rest review reviews robots robots.txt root rss runner runners saml
  save script scripts search secret secrets security self serve server service services session sessions setting
  settings setup share shop sign-in sign-out sign-up signin signout signup site sitemap sitemap.xml sites ssh
  ssh_info sso staff stafftools star starred stars static statistics stats status statuses storage store stories
  styleguide subscriptions suggest suggestion suggestions support suspend suspended swagger swagger.v1.json
  system tag tags task tasks team teams template templates terms themes ticket tickets timeline to token tokens
  tools topic topics tos tour tree trending trust two-factor undefined unstar unsubscribe upgrade upload uploads
  url usage use user username users v1 v2 v3 verify verify-email version video view visualization watch watching web webauthn
  webhook webhooks welcome wiki wikis www xml you yourself
`;

/** Accounts with these names would pass for the server itself or for those who run it. */
const ROLES = `
  anonymous bot daemon deleted deleted-user dependabot ghost git gitea github gitlab hostmaster moderator
  moderators mod nobody noreply no-reply opencodehub opencodehub-actions operator postmaster security-team
  superuser sudo sysadmin webmaster x-access-token x-oauth-basic
`;

/** All in lower case. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(`${ADDRESSES} ${ROLES}`.trim().split(/\s+/));

/** Endings that belong to addresses such as `/name.keys`, or to git. */
export const RESERVED_ENDINGS: readonly string[] = [
  '.git',
  '.wiki',
  '.atom',
  '.rss',
  '.keys',
  '.gpg',
  '.png',
  '.svg',
  '.ico',
  '.json',
  '.xml',
  '.txt',
  '.html',
  '.css',
  '.js',
  '.map',
  '.lock',
];
