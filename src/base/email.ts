// The forms of e-mail addresses that are accepted, from people and in the configuration.

/** The pattern of <input type=email> in the HTML standard, with a domain of two labels not required (localhost). */
const ADDRESS =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

export interface Mailbox {
  name: string;
  address: string;
}

/** Whether text is a plain e-mail address: no name, no spaces, no quotes. */
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && text.lastIndexOf('@') <= 64 && ADDRESS.test(text);
}

/** `name@example.org` or `Name <name@example.org>`; undefined for anything else. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, quoted, bracketed] = /^([^<>\p{Cc}]*)<([^<>\s]+)>$/u.exec(text.trim()) ?? [];
  const address = bracketed ?? text.trim();
  if (!isEmailAddress(address)) return undefined;
  const name = (quoted ?? '').trim().replace(/^"(.*)"$/, '$1');
  return { name, address };
}
