// Tells people what happened: reacts to events, and mails what waits.
import type { App } from '../../platform/app.types.ts';

/** Subscribes the room to events and defines its jobs. */
export function registerNotifications(_app: App): void {}
