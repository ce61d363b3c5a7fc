// Tasks of a Markdown text (GitHub Flavored Markdown 0.29, 5.3), in the order their boxes show: `- [ ] do this`. Found by lines, in
// time linear in the text; code, comments and blocks of HTML hold none. Whoever ticks one says how many boxes they see, so
// that a text which this reads otherwise than the renderer is left alone.

export interface Task {
  /** Where the mark between the brackets stands. */
  at: number;
  isDone: boolean;
  /** What is written behind the box. */
  label: string;
}

/** Markers of quotes and lists in front of a line's content; what they cannot be part of is content. */
const MARKERS = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*[ \t]*/;
const BOX = /(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}$/;
const TICK = /^\[([ xX])\][ \t]+(?=\S)/;
const FENCE = /^(?:`{3,}|~{3,})/;
const QUOTE = /^[ \t>]*/;
/** Blocks of HTML that only their own end closes, and those that an empty line closes (CommonMark 0.31, 4.6). */
const RAW = /^<(pre|script|style|textarea)(?:[\s>]|$)/i;
const BLOCK =
  /^<\/?(?:address|article|aside|blockquote|body|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|li|link|main|menu|nav|ol|optgroup|option|p|section|source|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:[\s/>]|$)/i;

interface Reading {
  /** The fence that is open. */
  fence?: string | undefined;
  /** What closes the block of HTML that is open; an empty text stands for an empty line. */
  until?: string | undefined;
  wasEmpty: boolean;
  /** Columns that the innermost list's content is indented by; 0 outside of lists. */
  indent: number;
}

/** Every task of a text. */
export function tasksIn(body: string): Task[] {
  const tasks: Task[] = [];
  const reading: Reading = { wasEmpty: true, indent: 0 };
  let start = 0;
  for (const line of body.split('\n')) {
    const task = readLine(reading, line.endsWith('\r') ? line.slice(0, -1) : line);
    if (task) tasks.push({ ...task, at: start + task.at });
    start += line.length + 1;
  }
  return tasks;
}

function readLine(reading: Reading, line: string): Task | undefined {
  const isEmpty = line.trim() === '' || /^[ \t>]+$/.test(line);
  const found = isInside(reading, line, isEmpty) ? undefined : readOpen(reading, line, isEmpty);
  reading.wasEmpty = isEmpty;
  return found;
}

/** Whether a line belongs to code or HTML that began before; it may end that. */
function isInside(reading: Reading, line: string, isEmpty: boolean): boolean {
  if (reading.fence !== undefined) {
    const content = line.replace(QUOTE, '').trimEnd();
    if (isClosing(content, reading.fence)) reading.fence = undefined;
    return true;
  }
  if (reading.until === undefined) return false;
  const ends = reading.until === '' ? isEmpty : line.toLowerCase().includes(reading.until);
  if (ends) reading.until = undefined;
  return true;
}

function isClosing(content: string, fence: string): boolean {
  return content.length >= fence.length && content === (fence[0] ?? '').repeat(content.length);
}

function readOpen(reading: Reading, line: string, isEmpty: boolean): Task | undefined {
  if (isEmpty) return undefined;
  const front = MARKERS.exec(line)?.[0] ?? '';
  const content = line.slice(front.length);
  const columns = /^[ \t]*/.exec(line)?.[0].replaceAll('\t', '    ').length ?? 0;
  const isCode = reading.wasEmpty && columns >= reading.indent + 4;
  if (columns === 0) reading.indent = 0;
  if (isCode) return undefined;
  if (/[-*+.)]/.test(front)) reading.indent = Math.max(columns + 2, contentColumn(line, front));
  const fence = FENCE.exec(content)?.[0];
  // Behind backticks there are none: that would be code within a line.
  if (fence !== undefined && !(fence.startsWith('`') && content.includes('`', fence.length))) {
    reading.fence = fence;
    return undefined;
  }
  openHtml(reading, content);
  return taskOf(front, content);
}

function contentColumn(line: string, front: string): number {
  const marker = /^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]{1,4}/.exec(line)?.[0] ?? front;
  return marker.replaceAll('\t', '    ').replaceAll('>', ' ').length;
}

function openHtml(reading: Reading, content: string): void {
  if (!content.startsWith('<')) return;
  const raw = RAW.exec(content)?.[1]?.toLowerCase();
  if (content.startsWith('<!--')) reading.until = content.includes('-->', 4) ? undefined : '-->';
  else if (raw) reading.until = content.toLowerCase().includes(`</${raw}>`) ? undefined : `</${raw}>`;
  else if (BLOCK.test(content)) reading.until = '';
}

function taskOf(front: string, content: string): Task | undefined {
  const box = BOX.test(front) ? TICK.exec(content) : null;
  if (!box) return undefined;
  return { at: front.length + 1, isDone: box[1] !== ' ', label: content.slice(box[0].length).trimEnd() };
}

/** The text with one of its tasks ticked or not. */
export function withTask(body: string, task: Task, isDone: boolean): string {
  return `${body.slice(0, task.at)}${isDone ? 'x' : ' '}${body.slice(task.at + 1)}`;
}

/**
 * The task of a newer text that a task of an older one has become: the one with the same words, and among several of
 * those the one at the same place, if there are as many as before. Undefined where that is not certain.
 */
export function sameTask(before: readonly Task[], index: number, now: readonly Task[]): Task | undefined {
  const task = before[index];
  if (!task) return undefined;
  const alike = (list: readonly Task[]) => list.filter(({ label }) => label === task.label);
  const [old, fresh] = [alike(before), alike(now)];
  return old.length === fresh.length ? fresh[old.indexOf(task)] : undefined;
}
