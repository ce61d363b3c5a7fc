// Files and directories in the JSON that Gitea's API clients expect.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit, PathBytes } from './code.types.ts';
import type { EditorSettings } from './editorconfig.service.ts';
import { encodePath, lastName } from './paths.service.ts';

export interface ContentsItem {
  path: PathBytes;
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  oid: Oid;
  /** Bytes of a file; 0 for anything else. */
  size: number;
  lastCommit: Oid | undefined;
  /** For files read whole, and symbolic links. */
  data?: Buffer;
  submoduleUrl?: string | undefined;
}

/** An entry as `GET /repos/{owner}/{repo}/contents` answers it; content and target only where they were read. */
export function contentsJson(
  app: App,
  open: OpenRepository,
  at: NamedCommit,
  item: ContentsItem,
): Record<string, unknown> {
  const type = contentsType(item);
  const path = encodePath(item.path);
  const api = `${app.publicUrl()}/api/v1/repos${open.path}`;
  const url = `${api}/contents/${path}?${new URLSearchParams({ ref: at.name })}`;
  const html = `${app.publicUrl()}${open.path}/${type === 'dir' ? 'tree' : 'blob'}/${at.address}/${path}`;
  const git = `${api}/git/${item.type === 'tree' ? 'trees' : 'blobs'}/${item.oid}`;
  const content = type === 'file' && item.data ? item.data.toString('base64') : null;
  return {
    name: lastName(item.path).toString('utf8'),
    path: item.path.toString('utf8'),
    sha: item.oid,
    last_commit_sha: item.lastCommit ?? null,
    type,
    size: item.size,
    encoding: content === null ? null : 'base64',
    content,
    target: type === 'symlink' && item.data ? item.data.toString('utf8') : null,
    url,
    html_url: type === 'submodule' ? (item.submoduleUrl ?? null) : html,
    git_url: type === 'submodule' ? null : git,
    download_url: type === 'file' ? `${app.publicUrl()}${open.path}/raw/${at.address}/${path}` : null,
    submodule_git_url: type === 'submodule' ? (item.submoduleUrl ?? null) : null,
    _links: { self: url, git: type === 'submodule' ? null : git, html },
  };
}

function contentsType(item: ContentsItem): 'file' | 'dir' | 'symlink' | 'submodule' {
  if (item.type === 'tree') return 'dir';
  if (item.type === 'commit') return 'submodule';
  return item.mode === '120000' ? 'symlink' : 'file';
}

/** What `.editorconfig` says of a file, in its own words. */
export function editorSettingsJson(settings: EditorSettings): Record<string, unknown> {
  const { charset, indentStyle, indentSize, tabWidth, lineEnding } = settings;
  const { trimsTrailingSpace, finalNewline } = settings;
  const ending = lineEnding && { '\n': 'lf', '\r\n': 'crlf', '\r': 'cr' }[lineEnding];
  const all = {
    charset,
    indent_style: indentStyle,
    indent_size: indentSize === undefined ? undefined : String(indentSize),
    tab_width: tabWidth,
    end_of_line: ending,
    trim_trailing_whitespace: trimsTrailingSpace,
    insert_final_newline: finalNewline,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
