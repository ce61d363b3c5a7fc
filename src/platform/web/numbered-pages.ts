// Pages by number, as the REST API asks for, of lists that are read from where the page before ended.

/** Items that are read to reach a page at most: nobody asks for pages behind by hand. */
const MOST = 5000;

/** The page (from 1) of a list that `read` gives in parts; a part without `next` is the last. */
export async function pageByNumber<T, C>(
  { page, limit }: { page: number; limit: number },
  read: (after: C | undefined) => Promise<{ items: T[]; next: C | undefined }>,
): Promise<{ items: T[]; hasMore: boolean }> {
  const wanted = page * limit + 1;
  if (wanted > MOST) return { items: [], hasMore: false };
  const all: T[] = [];
  for (let after: C | undefined; all.length < wanted; ) {
    const part = await read(after);
    all.push(...part.items);
    if (part.next === undefined) break;
    after = part.next;
  }
  return { items: all.slice((page - 1) * limit, page * limit), hasMore: all.length >= wanted };
}
