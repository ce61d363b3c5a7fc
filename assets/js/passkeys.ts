// Buttons that ask the browser for a passkey (WebAuthn) and send the form they stand in with its answer.
//
// <button data-passkey="create|get" data-challenge="/address"> beside <input type="hidden" data-passkey-answer> and
// <p data-passkey-note hidden>, which tells what went wrong.

interface Descriptor {
  id: string;
  type: 'public-key';
  transports?: AuthenticatorTransport[];
}

/** What the server answers: the options of WebAuthn with bytes in base64url. */
interface Challenge extends Record<string, unknown> {
  challenge: string;
  user?: { id: string; name: string; displayName: string };
  allowCredentials?: Descriptor[];
  excludeCredentials?: Descriptor[];
}

class Complaint extends Error {}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[data-passkey]') : null;
  if (button instanceof HTMLButtonElement) void press(button);
});

// Enter in a form that only a passkey completes asks for the passkey.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.querySelector('button[type="submit"]')) return;
  const button = form.querySelector<HTMLButtonElement>('button[data-passkey]');
  if (!button || form.querySelector<HTMLInputElement>('[data-passkey-answer]')?.value !== '') return;
  event.preventDefault();
  void press(button);
});

async function press(button: HTMLButtonElement): Promise<void> {
  const { form } = button;
  const answer = form?.querySelector<HTMLInputElement>('[data-passkey-answer]');
  if (!form || !answer || !form.reportValidity()) return;
  note(form, '');
  button.disabled = true;
  try {
    answer.value = JSON.stringify(await ask(button));
    form.requestSubmit();
  } catch (error) {
    note(form, complaintOf(error));
  } finally {
    button.disabled = false;
  }
}

function note(form: HTMLFormElement, text: string): void {
  const place = form.querySelector<HTMLElement>('[data-passkey-note]');
  if (!place) return;
  place.textContent = text;
  place.hidden = text === '';
}

async function ask(button: HTMLButtonElement): Promise<object> {
  if (!('PublicKeyCredential' in window)) throw new Complaint('This browser knows no passkeys.');
  const challenge = await fetchChallenge(button.dataset.challenge ?? '');
  const credential = await (button.dataset.passkey === 'create' ? create(challenge) : get(challenge));
  if (!(credential instanceof PublicKeyCredential)) throw new Complaint('No passkey was chosen.');
  return asJson(credential);
}

async function fetchChallenge(address: string): Promise<Challenge> {
  const answer = await fetch(address, { method: 'POST', headers: { accept: 'application/json' } });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  // The page itself asks again who one is, and leads back here.
  if (body.prove) location.reload();
  throw new Complaint(body.message ?? 'The server could not be reached. Try again.');
}

function create({ challenge, user, excludeCredentials, ...rest }: Challenge): Promise<Credential | null> {
  const publicKey = {
    ...rest,
    challenge: bytesOf(challenge),
    user: { ...user, id: bytesOf(user?.id ?? '') },
    excludeCredentials: (excludeCredentials ?? []).map(descriptor),
  } as unknown as PublicKeyCredentialCreationOptions;
  return navigator.credentials.create({ publicKey });
}

function get({ challenge, allowCredentials, ...rest }: Challenge): Promise<Credential | null> {
  const publicKey = {
    ...rest,
    challenge: bytesOf(challenge),
    allowCredentials: (allowCredentials ?? []).map(descriptor),
  };
  return navigator.credentials.get({ publicKey });
}

function descriptor({ id, ...rest }: Descriptor): PublicKeyCredentialDescriptor {
  return { ...rest, id: bytesOf(id) };
}

/** RegistrationResponseJSON or AuthenticationResponseJSON; not every browser has `toJSON`. */
function asJson(credential: PublicKeyCredential): object {
  const { id, rawId, type, response } = credential;
  return {
    id,
    rawId: textOf(rawId),
    type,
    response:
      response instanceof AuthenticatorAttestationResponse
        ? attestationOf(response)
        : assertionOf(response as AuthenticatorAssertionResponse),
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function attestationOf(response: AuthenticatorAttestationResponse): object {
  return {
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  };
}

function assertionOf(response: AuthenticatorAssertionResponse): object {
  return {
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    ...(response.userHandle ? { userHandle: textOf(response.userHandle) } : {}),
  };
}

function complaintOf(error: unknown): string {
  if (error instanceof Complaint) return error.message;
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'InvalidStateError') return 'This passkey is yours already.';
  if (name === 'NotAllowedError') return 'No passkey was used, or it took too long. Try again.';
  return 'The passkey did not work here. Try again, or use another one.';
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
