// What may be done about somebody's way of signing in, in words.
import type { AccountDetails } from './people.types.ts';

export interface ShownAct {
  /** Below the account's address. */
  path: string;
  label: string;
  text: string;
  summary: string;
  question: string;
  warning?: string;
  button: string;
  danger: boolean;
}

/** The acts that make sense for an account as it is. */
export function actsOn({ account, hasTotp, passkeys }: AccountDetails, canMail: boolean): ShownAct[] {
  const { name, email } = account;
  const acts: ShownAct[] = [];
  if (hasTotp || passkeys > 0)
    acts.push({
      path: 'second-factors/removal',
      label: 'Second factors',
      text: 'For somebody who lost them. Be sure that it is them who asks.',
      summary: 'Reset',
      question: `Remove every second factor of ${name}?`,
      warning: 'Their sessions end. A password alone signs in until they set one up again.',
      button: 'Reset second factors',
      danger: true,
    });
  if (account.passwordHash !== null && !account.mustChangePassword)
    acts.push({
      path: 'password-change',
      label: 'Password',
      text: 'They choose a new one before they reach anything else.',
      summary: 'Ask for a new one',
      question: `Must ${name} choose a new password?`,
      button: 'Ask for a new password',
      danger: false,
    });
  if (canMail && email !== '' && !account.isSuspended)
    acts.push({
      path: 'password-reset',
      label: 'Password reset',
      text: `Mails the link that chooses a new password to ${email}.`,
      summary: 'Send link',
      question: `Send ${name} a link to choose a new password?`,
      button: 'Send the link',
      danger: false,
    });
  return acts;
}
