// The values of e-mail addresses.
import type { emailAddresses } from '../../platform/db/tables/users.ts';

export type EmailRow = typeof emailAddresses.$inferSelect;
