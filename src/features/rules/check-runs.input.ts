// What checks may say, in the shape of GitHub's check runs.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';
import {
  ANNOTATION_LEVELS,
  type Annotation,
  CHECK_CONCLUSIONS,
  CHECK_STATUSES,
  type CheckConclusion,
  type CheckRunStatus,
} from './check-runs.types.ts';

const MAX_NAME = 255;
const MAX_TITLE = 1000;
const MAX_TEXT = 65_535;
const MAX_URL = 2048;
const MAX_PATH = 4096;
/** The instants that RFC 3339 can write. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59);
/** Annotations in one request, as on GitHub. */
const MOST_AT_ONCE = 50;

export interface CheckRunInput {
  name?: string;
  detailsUrl?: string;
  externalId?: string;
  status?: CheckRunStatus;
  conclusion?: CheckConclusion;
  startedAt?: number;
  completedAt?: number;
  output?: { title: string; summary: string; text?: string; annotations: Annotation[] };
}

const text = (what: string, most: number) =>
  z
    .string(`Give the ${what} as text.`)
    .max(most, `The ${what} has at most ${most} characters.`)
    .refine(
      (value) => !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value),
      `The ${what} cannot hold control characters.`,
    );

const oneLine = (what: string, most: number) =>
  text(what, most)
    .refine((value) => !/[\t\r\n]/.test(value), `The ${what} is one line.`)
    .transform((value) => value.trim());

const time = (what: string) =>
  z
    .string(`Give ${what} as a time such as 2030-01-31T12:00:00Z.`)
    .refine(
      (value) => Date.parse(value) >= EARLIEST && Date.parse(value) <= LATEST,
      `Give ${what} as a time such as 2030-01-31T12:00:00Z.`,
    )
    .transform((value) => Date.parse(value));

const line = (what: string) =>
  z
    .int(`Give ${what} as a whole number from 1.`)
    .min(1, `Give ${what} as a whole number from 1.`)
    .max(100_000_000);

const annotation = z
  .object({
    path: text('path', MAX_PATH).min(1, 'Give the path of each annotation.'),
    start_line: line('start_line'),
    end_line: line('end_line'),
    start_column: line('start_column').nullish(),
    end_column: line('end_column').nullish(),
    annotation_level: z.enum(
      ANNOTATION_LEVELS,
      `annotation_level is one of ${ANNOTATION_LEVELS.join(', ')}.`,
    ),
    message: text('message', MAX_TEXT).min(1, 'Give each annotation a message.'),
    title: text('title', 255).nullish(),
    raw_details: text('raw_details', MAX_TEXT).nullish(),
  })
  .refine(({ start_line, end_line }) => start_line <= end_line, 'end_line is not before start_line.')
  .transform(
    (one): Annotation => ({
      path: one.path,
      startLine: one.start_line,
      endLine: one.end_line,
      ...columnsOf(one),
      level: one.annotation_level,
      message: one.message,
      title: one.title ?? '',
      rawDetails: one.raw_details ?? '',
    }),
  );

interface Columns {
  start_line: number;
  end_line: number;
  start_column?: number | null | undefined;
  end_column?: number | null | undefined;
}

function columnsOf({ start_line, end_line, start_column, end_column }: Columns) {
  if (start_line !== end_line || !start_column) return {};
  return { startColumn: start_column, ...(end_column ? { endColumn: end_column } : {}) };
}

const fields = () => ({
  name: oneLine('name', MAX_NAME)
    .refine((value) => value !== '', 'Give the check a name.')
    .optional(),
  details_url: oneLine('details_url', MAX_URL)
    .refine(
      (value) => value === '' || isWebAddress(value),
      'The details_url begins with http:// or https://.',
    )
    .nullish(),
  external_id: oneLine('external_id', MAX_NAME).nullish(),
  status: z.enum(CHECK_STATUSES, `status is one of ${CHECK_STATUSES.join(', ')}.`).optional(),
  conclusion: z.enum(CHECK_CONCLUSIONS, `conclusion is one of ${CHECK_CONCLUSIONS.join(', ')}.`).nullish(),
  started_at: time('started_at').nullish(),
  completed_at: time('completed_at').nullish(),
  output: z
    .object(
      {
        title: text('title', MAX_TITLE),
        summary: text('summary', MAX_TEXT),
        text: text('text', MAX_TEXT).nullish(),
        annotations: z
          .array(annotation, 'Give annotations as a list.')
          .max(MOST_AT_ONCE, `Give at most ${MOST_AT_ONCE} annotations at once; more can follow by PATCH.`)
          .nullish(),
      },
      'Give output as an object with title and summary.',
    )
    .nullish(),
});

/** A check run in GitHub's names. */
export const newCheckRunBody = lazily(() =>
  z.object({ head_sha: z.string('Give the id of the commit that was checked.'), ...fields() }),
);

export const checkRunBody = lazily(() => z.object(fields()));

export const checkRunsQuery = lazily(() =>
  z.object({
    check_name: z.string().optional(),
    status: z.string().optional(),
    filter: z.string().optional(),
  }),
);

/** A check run out of what came in. */
export function checkRunOf(said: z.output<ReturnType<typeof checkRunBody>>): CheckRunInput {
  const { name, details_url, external_id, status, conclusion, started_at, completed_at, output } = said;
  return {
    ...(name === undefined ? {} : { name }),
    ...(typeof details_url === 'string' ? { detailsUrl: details_url } : {}),
    ...(typeof external_id === 'string' ? { externalId: external_id } : {}),
    ...(status === undefined ? {} : { status }),
    ...(conclusion ? { conclusion } : {}),
    ...(started_at ? { startedAt: started_at } : {}),
    ...(completed_at ? { completedAt: completed_at } : {}),
    ...(output
      ? {
          output: {
            title: output.title,
            summary: output.summary,
            ...(typeof output.text === 'string' ? { text: output.text } : {}),
            annotations: output.annotations ?? [],
          },
        }
      : {}),
  };
}

/** An address that a link may lead to: never one that runs something. */
function isWebAddress(value: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(value) && URL.canParse(value);
}
