// What describes a new repository, read for rooms that make some.
import { type NewRepository, parseNewRepository } from './repos.input.ts';

export type { NewRepository } from './repos.input.ts';

/** Throws AppError invalid with a message per field. */
export function readNewRepository(raw: Record<string, unknown>): NewRepository {
  return parseNewRepository(raw);
}
