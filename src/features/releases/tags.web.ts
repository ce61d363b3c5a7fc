// The page of all tags with their releases, and making and deleting tags.
import { isAppError } from '../../base/errors.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { mayChangeRefs } from '../code/branches.service.ts';
import { encodePath, visibleText } from '../code/paths.service.ts';
import { listRefNames, listTagsBehind, type RefWithCommit } from '../code/refs.service.ts';
import { createTag, deleteTag, findTagObject } from '../code/tags.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { mayWriteReleases } from './releases.policy.ts';
import { releaseHref, taggedCode } from './releases.present.ts';
import { releasesOfTags } from './releases.service.ts';
import type { ReleaseRow } from './releases.types.ts';
import { signaturesOfTags } from './tag-signatures.service.ts';

const PAGE_SIZE = 30;
const MOST_SUGGESTED = 200;

type Fields = Record<string, string>;

export async function getTags(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const words = (c.req.query('q') ?? '').trim().slice(0, 100);
  const after = c.req.query('after');
  const found = await listTagsBehind(app, open, { words, after, limit: PAGE_SIZE });
  const tags = found.items.map(({ ref, commit }) => ({ oid: ref.oid, commit }));
  const names = found.items.map(({ name }) => name);
  const [releases, signatures] = await Promise.all([
    releasesOfTags(app, open, names),
    signaturesOfTags(app, open, tags),
  ]);
  const items = await Promise.all(
    found.items.map(async (item) => ({
      ...(await tagItem(c, open, item, releases.get(item.name))),
      signature: signatures.get(item.ref.oid),
    })),
  );
  const at = (more: Fields) =>
    `${open.path}/tags?${new URLSearchParams({ ...(words ? { q: words } : {}), ...more })}`;
  return page(c, 'releases/tags', {
    title: `Tags · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    items,
    words,
    total: found.total,
    mayChange: mayChangeRefs(open),
    mayRelease: mayWriteReleases(open),
    feed: { href: `${open.path}/tags.atom`, title: `Tags of ${open.path.slice(1)}` },
    previous: after === undefined ? undefined : at({}),
    previousLabel: 'First page',
    next: found.next === undefined ? undefined : at({ after: found.next }),
  });
}

async function tagItem(
  c: WebContext,
  open: OpenRepository,
  { name, ref, commit }: RefWithCommit,
  release: ReleaseRow | undefined,
) {
  const annotation = await findTagObject(c.var.app, open, ref.oid);
  const [subject = ''] = (annotation?.message ?? '').trim().split('\n');
  return {
    name: visibleText(name),
    value: name,
    oid: ref.oid,
    href: releaseHref(open, name),
    at: annotation?.tagger?.time ?? commit?.committer.time,
    subject: visibleText(subject).slice(0, 200),
    code: commit && taggedCode(open, name, commit),
    release: release && {
      title: visibleText(release.title || release.tagName),
      href: releaseHref(open, name),
      isDraft: release.isDraft,
    },
    newHref: `${open.path}/releases/new?${new URLSearchParams({ tag: name })}`,
  };
}

/** The form of a new tag. */
export function getNewTag(c: WebContext, open: OpenRepository): Promise<Response> {
  const target = c.req.query('target') ?? open.repository.defaultBranch;
  return answerForm(c, open, { name: c.req.query('name') ?? '', target, message: '' }, {}, 200);
}

async function answerForm(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const { branches } = await listRefNames(c.var.app, open);
  const model = {
    title: `New tag · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    form,
    errors,
    suggestions: branches.slice(0, MOST_SUGGESTED),
  };
  return page(c, 'releases/tag-new', model, status);
}

export async function postTag(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const { name = '', target = '', message = '' } = form;
  const input = { name: name.trim(), target: target.trim(), message: message.replace(/\r\n/g, '\n') };
  try {
    await createTag(c.var.app, c.var.actor, open, input);
  } catch (error) {
    if (isAppError(error, 'invalid') && error.fields) return answerForm(c, open, form, error.fields, 422);
    throw error;
  }
  return redirectWithMessage(
    c,
    `${open.path}/releases/tag/${encodePath(input.name)}`,
    `The tag ${input.name} was made.`,
  );
}

export async function postTagDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const { name = '', oid } = await readForm(c);
  await deleteTag(c.var.app, c.var.actor, open, { name, oid });
  return redirectWithMessage(c, `${open.path}/tags`, `The tag ${name} was deleted.`);
}
