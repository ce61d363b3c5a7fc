// How a file that is downloaded is named (RFC 6266): in ASCII for old clients, in full for all others.

/** The Content-Disposition of a download. */
export function attachmentOf(name: string): string {
  const ascii = name.replace(/[^\w.-]+/g, '_').slice(0, 150) || 'file';
  const full = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${full}`;
}
