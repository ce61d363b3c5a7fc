// Whether an application takes new work, for /readyz: a load balancer turns away before the server does.
import type { App } from '../../platform/app.types.ts';

const stopping = new WeakSet<App>();

/** Marks the application as ending; it never becomes ready again. */
export function beginStopping(app: App): void {
  stopping.add(app);
}

/** Whether it finishes what runs and takes nothing new. */
export function isStopping(app: App): boolean {
  return stopping.has(app);
}
