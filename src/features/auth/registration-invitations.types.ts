// The values of invitations to register.
import type { registrationInvitations } from '../../platform/db/tables/auth.ts';

export type RegistrationInvitationRow = typeof registrationInvitations.$inferSelect;
