// What webhooks are told of: one or more happenings of a domain event.
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { EventKind, RecordedEvent } from '../../platform/events/events.types.ts';
import type { HookEventName } from './hook-events.data.ts';
import type { HookFormat } from './hooks.types.ts';

/** The recorded event of a kind, also where kinds share their members. */
export type EventOf<K extends EventKind> = OfKind<RecordedEvent, K>;

type OfKind<E, K> = E extends { kind: infer F }
  ? [Extract<F, K>] extends [never]
    ? never
    : E & { kind: Extract<F, K> }
  : never;

/** What of an event a happening is about, where it is about a part of it. */
export interface Particulars {
  /** The one ref of a push. */
  update?: RefUpdate;
  /** The one person or team who was assigned, asked, added. */
  userId?: number;
  teamId?: number;
  /** The one label. */
  labelId?: number;
  /** The one comment on code. */
  entryId?: number;
}

export interface Happening {
  /** Unique within the event, and the same however often it is asked for. */
  part: string;
  /** `ping`: nothing happened, a webhook is tried. */
  name: HookEventName | 'ping';
  /** As Gitea says it; empty where the event has none. */
  action: string;
  /** Whose webhooks are told, besides those of `ownerIds` and of the site. */
  repositoryId?: number;
  /** People and organizations whose webhooks are told. */
  ownerIds: number[];
  /** The full name of the ref that was pushed, created or deleted. */
  ref?: string;
  /** Only webhooks of these formats are told; missing: all. */
  formats?: readonly HookFormat[];
  about: Particulars;
  /** Undefined for tests. */
  event: RecordedEvent | undefined;
  at: number;
}

/** A happening before it is known whose webhooks are told. */
export type HappeningPart = Omit<Happening, 'ownerIds' | 'event' | 'at' | 'about'> & {
  ownerIds?: number[];
  about?: Particulars;
};

/** What each kind of event that is told of consists of. */
export type Makers = {
  [K in EventKind]?: (app: App, event: EventOf<K>) => HappeningPart[] | Promise<HappeningPart[]>;
};
