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

/**
 * What a webhook is made from, after its check. Of the chats, `url` is for Slack, Discord, Teams and Mattermost the address
 * as it was given; for Matrix the homeserver alone, with `authorization` of the form `Bearer <token>` and the room in
 * `options.room_id`; for Telegram `https://api.telegram.org/bot<token>/sendMessage` with `options.chat_id`.
 */
export interface NewHook extends HookSecrets {
  format: HookFormat;
  contentType: 'json' | 'form';
  options: Record<string, string>;
  events: string[];
  sendsAll: boolean;
  branchFilter: string;
  verifiesTls: boolean;
  isActive: boolean;
}

/** What is changed about a webhook; what is left out stays. */
export type HookChanges = Partial<Omit<NewHook, 'format'>>;
