// Completes @people, #issues and :emoji: as one types.

/** Milliseconds that typing pauses before the server is asked. */
const PAUSE = 120;
const MOST_EMOJI = 8;
/** Answers that are remembered. */
const MOST_KNOWN = 50;

interface Change {
  key: string;
  text: string;
  provide(found: Promise<{ matched: boolean; fragment?: HTMLElement }>): void;
}

interface Value {
  key: string;
  item: HTMLElement;
  value: string | null;
}

type Names = [character: string, ...names: string[]][];

/** Completes in a composer. */
export function completeIn(composer: HTMLElement, signal: AbortSignal): void {
  const expander = composer.querySelector('text-expander');
  const known = new Map<string, HTMLElement | undefined>();
  let newest = 0;
  expander?.addEventListener(
    'text-expander-change',
    (event) => {
      const { key, text, provide } = (event as CustomEvent<Change>).detail;
      if (key === ':' && !/^[a-z0-9_+-]+$/i.test(text)) return;
      newest += 1;
      const asked = newest;
      provide(
        suggest(composer, known, key, text, () => asked === newest).then((list) =>
          list && list.childElementCount > 0
            ? { matched: true, fragment: list.cloneNode(true) as HTMLElement }
            : { matched: false },
        ),
      );
    },
    { signal },
  );
  expander?.addEventListener(
    'text-expander-value',
    (event) => {
      const { detail } = event as CustomEvent<Value>;
      detail.value = detail.item.dataset.value ?? null;
    },
    { signal },
  );
  // The element sets the value itself, which no listener of the field hears of.
  expander?.addEventListener(
    'text-expander-committed',
    () => composer.querySelector('textarea')?.dispatchEvent(new Event('input', { bubbles: true })),
    { signal },
  );
}

async function suggest(
  composer: HTMLElement,
  known: Map<string, HTMLElement | undefined>,
  key: string,
  text: string,
  isNewest: () => boolean,
): Promise<HTMLElement | undefined> {
  if (key === ':') return emojiList(await emojiOf(composer), text.toLowerCase());
  const source = key === '@' ? composer.dataset.people : composer.dataset.issues;
  if (!source || text.length > 100 || (key === '#' && isProse(text))) return undefined;
  const question = `${key}${text}`;
  if (known.has(question)) return known.get(question);
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (!isNewest()) return undefined;
  const list = await ask(source, text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(question, list);
  return isNewest() ? list : undefined;
}

/** A heading in Markdown, or what is written behind a number or after some words, asks for no issue. */
function isProse(text: string): boolean {
  return text.startsWith(' ') || /^\d+\s/.test(text) || text.split(' ').length > 5;
}

/** A list of options as the server wrote it. */
async function ask(source: string, text: string): Promise<HTMLElement | undefined> {
  const address = new URL(source, location.href);
  address.searchParams.set('q', text);
  try {
    const answer = await fetch(address);
    if (!answer.ok) return undefined;
    const template = document.createElement('template');
    template.innerHTML = await answer.text();
    return template.content.querySelector<HTMLElement>('[role=listbox]') ?? undefined;
  } catch {
    return undefined;
  }
}

let emoji: Promise<Names> | undefined;

/** Fetched when somebody types the first one; browsers keep it. */
function emojiOf(composer: HTMLElement): Promise<Names> {
  emoji ??= fetch(composer.dataset.emoji ?? '')
    .then((answer) => (answer.ok ? (answer.json() as Promise<Names>) : []))
    .catch(() => {
      emoji = undefined;
      return [];
    });
  return emoji;
}

function emojiList(names: Names, typed: string): HTMLElement {
  const list = document.createElement('ul');
  list.className = 'suggestions';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Emoji');
  for (const { character, name } of bestEmoji(names, typed)) {
    const item = document.createElement('li');
    item.className = 'suggestion';
    item.setAttribute('role', 'option');
    item.dataset.value = `:${name}:`;
    item.textContent = `${character} ${name}`;
    list.append(item);
  }
  return list;
}

/** Names that begin so first, then those that hold it; one name of each emoji. */
function bestEmoji(names: Names, typed: string): { character: string; name: string }[] {
  const begin: { character: string; name: string }[] = [];
  const hold: { character: string; name: string }[] = [];
  for (const [character, ...all] of names) {
    const first = all.find((name) => name.startsWith(typed));
    const other = first ? undefined : all.find((name) => name.includes(typed));
    if (first) begin.push({ character, name: first });
    else if (other) hold.push({ character, name: other });
  }
  begin.sort((one, other) => one.name.length - other.name.length);
  return [...begin, ...hold].slice(0, MOST_EMOJI);
}
