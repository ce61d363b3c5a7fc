// The values of webhooks.
import type {
  DeliveryState,
  HookFormat,
  HookScope,
  webhookDeliveries,
  webhookMessages,
  webhooks,
} from '../../platform/db/tables/webhooks.ts';

export type { DeliveryState, HookFormat, HookScope };
export type HookRow = typeof webhooks.$inferSelect;
export type DeliveryRow = typeof webhookDeliveries.$inferSelect;
export type MessageRow = typeof webhookMessages.$inferSelect;

/** What is sealed of a webhook. */
export interface HookSecrets {
  /** Of chats it often holds a token itself. */
  url: string;
  /** What messages are signed with; empty: unsigned. */
  secret: string;
  /** Value of the Authorization header; empty: none. */
  authorization: string;
}

/** A webhook with its secrets opened. */
export type Hook = Omit<HookRow, 'sealed'> & HookSecrets;

/** Whose webhooks: what every page and route of them is about. */
export type HookOwner =
  | { scope: 'repository'; repositoryId: number }
  | { scope: 'organization' | 'user'; ownerId: number }
  | { scope: 'site' };
