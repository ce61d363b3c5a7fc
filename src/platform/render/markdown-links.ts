// Resolves a document's relative addresses in its repository, as GitHub does: links lead to the file's page,
// images to its raw content.
import type { CommentPlace, MarkdownPlace } from './markdown.types.ts';
import { ID_PREFIX, type LinkResolver } from './sanitize.ts';

const NOWHERE = 'http://repository.invalid';

/** The resolver for documents at a place; `/path` means the repository's root. */
export function repositoryLinks(place: MarkdownPlace): LinkResolver {
  const { repository, revision, directory } = place;
  const resolve = (kind: 'blob' | 'raw', target: string): URL | undefined => {
    const root = `${NOWHERE}${repository}/${kind}/${revision}/`;
    const base = directory === '' || target.startsWith('/') ? root : `${root}${directory}/`;
    return URL.parse(target.startsWith('/') ? `.${target}` : target, base) ?? undefined;
  };
  return {
    link(target) {
      const url = resolve('blob', target);
      if (url?.origin !== NOWHERE) return repository;
      return url.pathname + url.search + prefixedHash(url);
    },
    image(target) {
      const url = resolve('raw', target);
      if (url?.origin !== NOWHERE) return undefined;
      const pathname = url.pathname.replace(`${repository}/blob/`, `${repository}/raw/`);
      return pathname.startsWith(`${repository}/raw/`) ? pathname : undefined;
    },
  };
}

const ATTACHMENT = /^\/[\w.-]{1,64}\/[\w.-]{1,100}\/(?:attachments\/[\w-]{1,64}$|raw\/)/;

/**
 * The resolver for comments: `/path` is an address of this site, anything else a path in the default branch. Of this
 * site's images only attachments and files of repositories are shown: no comment makes readers ask for other pages.
 */
export function commentLinks({ repository, origin }: CommentPlace): LinkResolver {
  const files = repositoryLinks({ repository, revision: 'HEAD', directory: '' });
  return {
    origin,
    link: (target) => (target.startsWith('/') ? sitePath(target) : files.link(target)),
    image(target) {
      if (!target.startsWith('/')) return files.image(target);
      const path = sitePath(target);
      return ATTACHMENT.test(path) ? path : undefined;
    },
  };
}

function sitePath(target: string): string {
  const url = URL.parse(target, NOWHERE);
  return url?.origin === NOWHERE ? url.pathname + url.search + url.hash : '/';
}

/** A part of another document is found under its prefixed id; anything else (`#L10`) stays. */
function prefixedHash(url: URL): string {
  const document = /\.(md|markdown|mkd)$/i.test(url.pathname);
  if (!document || url.hash.length < 2 || url.hash.startsWith(`#${ID_PREFIX}`)) return url.hash;
  return /^#L\d/.test(url.hash) ? url.hash : `#${ID_PREFIX}${url.hash.slice(1)}`;
}
