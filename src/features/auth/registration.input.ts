// The form that makes an account, whoever fills it in.
import type { Config } from '../../platform/config/config.schema.ts';
import type { NewUser } from '../users/users.types.ts';

type Fields = Record<string, string>;

/** What was typed, as the services take it. */
export function newUserOf(form: Fields): NewUser {
  return { name: form.name ?? '', email: form.email ?? '', password: form.password ?? '' };
}

/** What was typed goes back into the form, but for the password. */
export function accountFormModel(
  accounts: Config['accounts'],
  form: Fields,
  errors: Fields,
): Record<string, unknown> {
  const { min_password_length: minLength } = accounts;
  return { form: { name: form.name ?? '', email: form.email ?? '' }, errors, minLength };
}
