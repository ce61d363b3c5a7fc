// What comes from outside about topics: the rule for their names, for forms and API alike.
import { z } from 'zod';
import { parse } from './repos.input.ts';

/** Topics of one repository at most. */
export const MOST_TOPICS = 25;

const topicName = z
  .string()
  .trim()
  .toLowerCase()
  .max(50, 'A topic has at most 50 characters.')
  .regex(
    /^[a-z0-9][a-z0-9.-]*$/,
    'Topics begin with a letter or a digit, and hold letters, digits, hyphens and dots.',
  );

const topicList = z.object({
  topics: z
    .array(topicName)
    .transform((names) => [...new Set(names)].toSorted())
    .refine((names) => names.length <= MOST_TOPICS, `A repository has at most ${MOST_TOPICS} topics.`),
});

/** The topics of a repository, each once and in order. Throws AppError invalid on `topics`, or on the one that is wrong. */
export function parseTopics(names: readonly unknown[]): string[] {
  return parse(topicList, { topics: names }).topics;
}

/** One topic; undefined for what can be none. */
export function readTopic(text: string): string | undefined {
  const result = topicName.safeParse(text);
  return result.success ? result.data : undefined;
}

/** The topics in a line of text, between spaces or commas. Throws AppError invalid on `topics`. */
export function parseTopicLine(text: string): string[] {
  return parseTopics(text.split(/[\s,]/, 2000).filter((word) => word !== ''));
}
