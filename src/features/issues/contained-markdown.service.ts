// Blocks of code in Markdown that end where they should.

/** A block of code that no line of the text can end. */
export function fenced(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/** The text with the fence closed that it leaves open. Of fences in lists and quotes it knows nothing. */
export function withFenceClosed(text: string): string {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    if (open === undefined) open = opensFence(line);
    else if (closesFence(line, open)) open = undefined;
  }
  return open === undefined ? text : `${text}\n${open}`;
}

function opensFence(line: string): string | undefined {
  const [, marks, info = ''] = FENCE.exec(line) ?? [];
  return marks?.startsWith('`') && info.includes('`') ? undefined : marks;
}

function closesFence(line: string, fence: string): boolean {
  const [, marks = '', rest = ''] = FENCE.exec(line) ?? [];
  return marks[0] === fence[0] && marks.length >= fence.length && rest.trim() === '';
}
