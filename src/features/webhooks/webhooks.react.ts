// What the room does when something happened: each event becomes a delivery of every webhook that is told of it.
import type { App } from '../../platform/app.types.ts';

/** Subscribes to the events that webhooks are told of, and defines the jobs that deliver. */
export function registerWebhooks(_app: App): void {}
