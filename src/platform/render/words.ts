// Words as they begin a label.

/** `write` as `Write`: names that stand in code and in the database, where people choose among them. */
export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
