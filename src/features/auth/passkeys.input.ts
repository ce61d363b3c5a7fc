// What browsers send of passkeys (WebAuthn Level 3, RegistrationResponseJSON and AuthenticationResponseJSON), and names.
import { z } from 'zod';
import { invalid } from '../../base/errors.ts';

const LONGEST = 64 * 1024;
/** A credential id has 1,023 bytes at most. */
const credentialId = z.string().regex(/^[\w-]{1,1364}$/);
const encoded = z.string().regex(/^[\w-]+$/);
const kind = z.literal('public-key');
const attachment = z.enum(['platform', 'cross-platform']).optional();

const registration = z.object({
  id: credentialId,
  rawId: credentialId,
  type: kind,
  response: z.object({
    clientDataJSON: encoded,
    attestationObject: encoded,
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
  clientExtensionResults: z.object({ credProps: z.object({ rk: z.boolean().optional() }).optional() }),
  authenticatorAttachment: attachment,
});

const assertion = z.object({
  id: credentialId,
  rawId: credentialId,
  type: kind,
  response: z.object({
    clientDataJSON: encoded,
    authenticatorData: encoded,
    signature: encoded,
    userHandle: z.string().max(128).optional(),
  }),
  clientExtensionResults: z.object({}),
  authenticatorAttachment: attachment,
});

const clientData = z.object({ challenge: z.string().regex(/^[\w-]{43}$/) });

export type NewCredential = z.infer<typeof registration>;
export type Assertion = z.infer<typeof assertion>;

/** A new credential as JSON text; undefined when it is none. */
export function parseNewCredential(text: string): NewCredential | undefined {
  return parsed(registration, text);
}

/** The proof of holding a credential, as JSON text; undefined when it is none. */
export function parseAssertion(text: string): Assertion | undefined {
  return parsed(assertion, text);
}

/** The challenge that an authenticator answered; undefined when there is none of ours. */
export function challengeOf(credential: NewCredential | Assertion): string | undefined {
  const text = Buffer.from(credential.response.clientDataJSON, 'base64url').toString('utf8');
  return parsed(clientData, text)?.challenge;
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Checks the name of a passkey; throws AppError invalid on `name`. */
export function parsePasskeyName(typed: string): string {
  const name = typed.trim().replace(/\s+/g, ' ');
  if (name === '') throw invalid({ name: 'Give it a name by which you will know it.' });
  if (name.length > 100) throw invalid({ name: 'Use 100 characters at most.' });
  if (/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.test(name)) throw invalid({ name: 'Use plain characters.' });
  return name;
}
