// What the rules room adds to others: it judges every push.
import type { App } from '../../platform/app.types.ts';

/** Adds the judge of pushes. */
export function registerRules(_app: App): void {}
