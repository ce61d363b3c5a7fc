// The ceremonies of WebAuthn: challenges, each a token that works once, and the judgement of what came back. The library is
// loaded when first needed.
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import { sha256Hex } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { UserRow } from '../users/users.types.ts';
import { makeOneTime, takeOneTime } from './one-time-tokens.service.ts';
import type { OneTimeRow } from './one-time-tokens.types.ts';
import { type PasskeySite, passkeySite } from './passkey-site.service.ts';
import { type Assertion, challengeOf, type NewCredential } from './passkeys.input.ts';
import { findPasskeyByHash, notePasskeyUse } from './passkeys.store.ts';
import type { PasskeyRow } from './second-factors.types.ts';

/** How long a person may take to find their key and touch it. */
const CHALLENGE_LIFETIME = 5 * MINUTE;
const TIMEOUT = CHALLENGE_LIFETIME;
/** EdDSA, ES256 and RS256 (IANA COSE Algorithms): what authenticators have, and Node without experiments. */
const ALGORITHMS = [-8, -7, -257];

export type ChallengeKind = 'passkey-registration' | 'passkey-sign-in' | 'passkey-proof';

export interface ChallengeUse {
  kind: ChallengeKind;
  userId?: number;
  /** What it is bound to, besides: a session, or a begun sign-in. */
  boundTo: string;
}

async function makeChallenge(app: App, use: ChallengeUse): Promise<string> {
  const { kind, userId, boundTo } = use;
  const wanted = { kind, data: { boundTo }, lifetime: CHALLENGE_LIFETIME };
  return app.db.write((tx) => makeOneTime(app, tx, userId === undefined ? wanted : { ...wanted, userId }));
}

/** Uses a challenge up, whatever comes of the answer; undefined when it is not ours, of another use, or old. */
async function takeChallenge(
  app: App,
  challenge: string | undefined,
  use: ChallengeUse,
): Promise<OneTimeRow | undefined> {
  if (challenge === undefined) return undefined;
  const row = await app.db.write((tx) => takeOneTime(app, tx, use.kind, challenge));
  const isMeant = row?.data.boundTo === use.boundTo && row.userId === (use.userId ?? null);
  return isMeant ? row : undefined;
}

function requireSite(app: App): PasskeySite {
  const site = passkeySite(app);
  if (site) return site;
  throw new AppError('conflict', 'Passkeys need a site with a host name and HTTPS.');
}

/** What an account is called in its passkeys: always the same, and nothing that tells who it is. */
export function userHandleOf(app: App, userId: number): Buffer {
  return Buffer.from(app.secrets.authenticate('webauthn', String(userId)), 'hex');
}

/** The options of a registration, as the browser wants them; passkeys the account has are told to keep out. */
export async function registrationOptions(
  app: App,
  user: UserRow,
  known: readonly PasskeyRow[],
  use: ChallengeUse,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { rpId } = requireSite(app);
  const { generateRegistrationOptions } = await import('@simplewebauthn/server');
  const challenge = await makeChallenge(app, use);
  return generateRegistrationOptions({
    rpName: 'OpenCodeHub',
    rpID: rpId,
    userName: user.name,
    userDisplayName: user.displayName || user.name,
    userID: new Uint8Array(userHandleOf(app, user.id)),
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    timeout: TIMEOUT,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: known.map(descriptorOf),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  });
}

function descriptorOf(row: PasskeyRow): { id: string; transports: string[] } {
  return { id: row.credentialId, transports: row.transports };
}

export interface AssertionOptions {
  challenge: string;
  rpId: string;
  timeout: number;
  userVerification: 'required' | 'preferred';
  allowCredentials: { id: string; type: 'public-key'; transports: string[] }[];
}

/** The options of an assertion; without credentials named the authenticator says which accounts it knows. */
export async function assertionOptions(
  app: App,
  known: readonly PasskeyRow[],
  userVerification: 'required' | 'preferred',
  use: ChallengeUse,
): Promise<AssertionOptions> {
  const { rpId } = requireSite(app);
  const challenge = await makeChallenge(app, use);
  const allowCredentials = known.map((row) => ({ ...descriptorOf(row), type: 'public-key' as const }));
  return { challenge, rpId, timeout: TIMEOUT, userVerification, allowCredentials };
}

export type VerifiedCredential = Omit<PasskeyRow, 'id' | 'userId' | 'name' | 'createdAt' | 'lastUsedAt'>;

/** Judges a new credential; undefined when it does not hold. */
export async function verifyRegistration(
  app: App,
  credential: NewCredential,
  use: ChallengeUse,
): Promise<VerifiedCredential | undefined> {
  const challenge = challengeOf(credential);
  if (!(await takeChallenge(app, challenge, use)) || challenge === undefined) return undefined;
  const { rpId, origin } = requireSite(app);
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: credential as Parameters<typeof verifyRegistrationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: false,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((error: unknown) => refused(app, error));
  if (!verified || !registrationInfo) return undefined;
  const { id, publicKey, counter } = registrationInfo.credential;
  return {
    credentialId: id,
    credentialHash: sha256Hex(id),
    publicKey: Buffer.from(publicKey),
    signCount: counter,
    transports: credential.response.transports ?? [],
    isDiscoverable: registrationInfo.userVerified && credential.clientExtensionResults.credProps?.rk === true,
    isBackedUp: registrationInfo.credentialBackedUp,
  };
}

function refused(app: App, error: unknown): { verified: false; registrationInfo?: undefined } {
  app.log.info({ reason: error instanceof Error ? error.message : 'unknown' }, 'a passkey was refused');
  return { verified: false };
}

export interface VerifiedAssertion {
  passkey: PasskeyRow;
  /** Notes the use; false when the credential was used meanwhile, or removed. */
  take(tx: Tx): Promise<boolean>;
}

export interface AssertionDemand {
  use: ChallengeUse;
  /** Whether the authenticator must have verified its person, by PIN or finger. */
  userVerification: boolean;
  /** The account it must belong to; undefined: the one that it names itself. */
  userId: number | undefined;
}

/** Judges the proof of holding a credential; undefined when it does not hold, also when its counter went back. */
export async function verifyAssertion(
  app: App,
  assertion: Assertion,
  demand: AssertionDemand,
): Promise<VerifiedAssertion | undefined> {
  const challenge = challengeOf(assertion);
  if (!(await takeChallenge(app, challenge, demand.use)) || challenge === undefined) return undefined;
  const passkey = await findPasskeyByHash(app.db.read, sha256Hex(assertion.id));
  if (!passkey || !isOf(app, passkey, assertion, demand.userId)) return undefined;
  const { rpId, origin } = requireSite(app);
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const result = await verifyAuthenticationResponse({
    response: assertion as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: demand.userVerification,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: passkey.signCount,
    },
  }).catch((error: unknown) => ({ ...refused(app, error), authenticationInfo: undefined }));
  if (!result.verified || !result.authenticationInfo) return undefined;
  const { newCounter: signCount, credentialBackedUp: isBackedUp } = result.authenticationInfo;
  const isDiscoverable = passkey.isDiscoverable || demand.userId === undefined;
  const changes = { signCount, isBackedUp, isDiscoverable, lastUsedAt: app.clock.now() };
  return { passkey, take: (tx) => notePasskeyUse(tx, passkey.id, passkey.signCount, changes) };
}

function isOf(app: App, passkey: PasskeyRow, assertion: Assertion, userId: number | undefined): boolean {
  const { userHandle } = assertion.response;
  const own = userHandleOf(app, passkey.userId).toString('base64url');
  // Found by itself, a credential must say whose it is (WebAuthn, section 7.2, step 6).
  if (userId === undefined) return userHandle === own;
  return passkey.userId === userId && (userHandle === undefined || userHandle === own);
}
