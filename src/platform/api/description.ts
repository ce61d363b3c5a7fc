// What a route of the REST API says of itself: the OpenAPI document, the reference page and the checks of what comes in and
// goes out are all derived from it.
import type { z } from 'zod';
import type { ShapeName } from './shapes.ts';

export const API_TAGS = [
  'repository',
  'issue',
  'pull',
  'organization',
  'user',
  'notification',
  'webhook',
  'admin',
  'miscellaneous',
] as const;
export type ApiTag = (typeof API_TAGS)[number];

/** A schema that is made when it is first needed: hundreds of them would cost memory and time at every start. */
export type Lazily<S> = () => S;

export type BodySchema = Lazily<z.ZodType>;
export type QuerySchema = Lazily<z.ZodObject>;

/** `none`: 204 without a body; `text`, `bytes`: no JSON; `object`: JSON of no fixed shape; else a shape or a list of it. */
export type ApiAnswer =
  | 'none'
  | 'text'
  | 'bytes'
  | 'object'
  | 'string[]'
  | 'object[]'
  | ShapeName
  | `${ShapeName}[]`;

export interface ApiDescription {
  tag: ApiTag;
  /** Unique, in Gitea's words where Gitea has the route, such as `repoGet`. */
  id: string;
  /** A line such as `Get a repository`. */
  summary: string;
  /** How the path is documented where its pattern is no plain one, such as `/repos/{owner}/{repo}/pulls/{index}.{diffType}`. */
  path?: string;
  /** More, where the summary is not enough. */
  about?: string;
  /** What may stand behind the `?`, besides `page` and `limit`. */
  query?: QuerySchema;
  /** The JSON body. */
  body?: BodySchema;
  /** Instead of a JSON body: the field of a form (multipart/form-data) that holds the file. */
  file?: string;
  /** The example of a body, run by the tests. */
  example?: unknown;
  answer: ApiAnswer;
  /** Answers a list of it where the address names several, such as a directory. */
  orList?: true;
  /** 204 for `none`, 200 for others unless said. */
  status?: number;
  /** Other statuses that say it worked, such as 200 where what 201 would make was there already. */
  otherStatuses?: readonly number[];
  /** Takes `page` and `limit`, and answers `Link` and `X-Total-Count`. */
  paged?: true;
}

/** Descriptions of the routes of one tag, each in a line or two. */
export function describing(tag: ApiTag) {
  return (
    id: string,
    summary: string,
    answer: ApiAnswer,
    more: Omit<Partial<ApiDescription>, 'tag' | 'id' | 'summary' | 'answer'> = {},
  ): ApiDescription => ({ tag, id, summary, answer, ...more });
}

/** Keeps what `make` makes. */
export function lazily<S>(make: () => S): Lazily<S> {
  let made: S | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
