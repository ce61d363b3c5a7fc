// Mounts tables of routes so that no handler runs before its gate, and remembers them for the audit test.
import type { Gate, Route, WebApp, WebContext } from './web.types.ts';

export interface MountedRoute {
  method: string;
  path: string;
  access: string;
}

const mounted: MountedRoute[] = [];

/** Every route mounted in this process, with what its gate asks; for the test that audits them. */
export function mountedRoutes(): readonly MountedRoute[] {
  return mounted;
}

/** Adds routes to `web`; each request passes the gate with the route's access first. */
export function mountRoutes<A extends string, R>(web: WebApp, gate: Gate<A, R>, routes: Route<A, R>[]): void {
  for (const route of routes) {
    mounted.push({ method: route.method, path: route.path, access: route.access });
    web.on(route.method.toUpperCase(), route.path, async (c: WebContext) => {
      c.set('route', route.path);
      const resource = await gate(c, route.access);
      return resource instanceof Response ? resource : route.handler(c, resource);
    });
  }
}
