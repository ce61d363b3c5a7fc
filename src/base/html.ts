// HTML that may be put into a page as it is, told apart by its type from text that may not.

/** Markup made by our own code or by the sanitizer; templates print it raw. */
export type SafeHtml = string & { readonly brand: 'SafeHtml' };

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const SPECIAL = /[&<>"']/;

/** Text with the five characters that mean something in HTML replaced by entities. */
export function escapeHtml(text: string): SafeHtml {
  if (!SPECIAL.test(text)) return text as SafeHtml;
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character) as SafeHtml;
}
