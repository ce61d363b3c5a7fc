// Fetches pieces of pages.

/** The content of a fragment; throws when it could not be had. */
export async function fetchFragment(address: string, signal?: AbortSignal): Promise<DocumentFragment> {
  const answer = await fetch(address, signal ? { signal } : {});
  if (!answer.ok) throw new Error(`${answer.status}`);
  const template = document.createElement('template');
  template.innerHTML = await answer.text();
  return template.content;
}

/** The element an event came from or lies in. */
export function closestTo<E extends Element>(event: Event, selector: string): E | null {
  return event.target instanceof Element ? event.target.closest<E>(selector) : null;
}
