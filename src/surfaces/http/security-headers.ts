// Headers that tell browsers what our pages may do. A handler that sets one of them by itself keeps its own.
import type { WebContext } from '../../platform/web/web.types.ts';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self'",
  // PDFs of repositories, the only answers that let themselves be framed.
  "frame-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "manifest-src 'self'",
].join('; ');

const HEADERS: readonly (readonly [string, string])[] = [
  ['content-security-policy', CONTENT_SECURITY_POLICY],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'same-origin'],
  [
    'permissions-policy',
    'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=(), publickey-credentials-create=(self), publickey-credentials-get=(self)',
  ],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['x-frame-options', 'DENY'],
];

/** Two years, as browsers' preload lists ask; this host only, since others may share its domain. */
const STRICT_TRANSPORT = 'max-age=63072000';

const SECURE_HEADERS = [...HEADERS, ['strict-transport-security', STRICT_TRANSPORT] as const];

/** The headers of every answer, to a client that speaks HTTPS or one that does not. */
export function securityHeaders(secure: boolean): readonly (readonly [name: string, value: string])[] {
  return secure ? SECURE_HEADERS : HEADERS;
}

/** Adds the headers to an answer. */
export function setSecurityHeaders(c: WebContext, headers: Headers): void {
  for (const [name, value] of securityHeaders(c.var.secure)) if (!headers.has(name)) headers.set(name, value);
  headers.set('x-request-id', c.var.requestId);
}
