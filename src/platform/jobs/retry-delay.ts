// When a failed job is tried again, and what is kept of its error.
import { AppError } from '../../base/errors.ts';
import { HOUR, SECOND } from '../../base/time.ts';

const FIRST_DELAY = 5 * SECOND;
const LONGEST_DELAY = 6 * HOUR;
const LONGEST_ERROR = 500;

/**
 * Milliseconds before the next attempt: 5 s doubled by each failed one, at most 6 h, spread by a quarter both ways so
 * that what failed together does not come back together; later where the error asks for it. `random` is in [0, 1).
 */
export function retryDelay(failedAttempts: number, error: unknown, random: number): number {
  const exponential = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(failedAttempts - 1, 30));
  const asked = error instanceof AppError ? (error.retryAfter ?? 0) * SECOND : 0;
  return Math.round(Math.max(exponential, asked) * (0.75 + random / 2));
}

/** An error and its causes as text to keep: short, and without what looks like a credential. */
export function describeError(error: unknown): string {
  const messages: string[] = [];
  for (let each = error; each !== undefined && messages.length < 4; each = causeOf(each)) {
    messages.push(each instanceof Error ? each.message || each.name : String(each));
  }
  const text = withoutSecrets(messages.join(': ')).trim();
  return text.length > LONGEST_ERROR ? `${text.slice(0, LONGEST_ERROR - 1)}…` : text;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** Blanks the user part of URLs, values of fields named like a secret, Authorization values and long random words. */
function withoutSecrets(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1***@')
    .replace(/\b(bearer|basic|token)\s+[\w+/=.-]{8,}/gi, '$1 ***')
    .replace(
      /\b([\w-]*(?:password|passwd|secret|token|api[-_]?key|authorization)[\w-]*)(["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi,
      '$1$2***',
    )
    .replace(/\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])(?![0-9a-f]{40}\b|[0-9a-f]{64}\b)[\w-]{40,}/g, '***');
}
