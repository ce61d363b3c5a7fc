// Templates compiled by the build. From sources there are none, and pages are compiled from templates/ on demand.

/** A compiled template: called with the Eta instance as `this`, returns HTML. */
export type CompiledTemplate = (model: object, options?: unknown) => string;

/** Compiled templates by name without extension, e.g. `repos/home`; undefined from sources. The build replaces this file. */
export const compiledTemplates: Readonly<Record<string, CompiledTemplate>> | undefined = undefined;
