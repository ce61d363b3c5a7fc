// Parses annotated tag objects.
import type { ObjectType, Oid, Signature } from './git.types.ts';
import { parseSignature, splitObject } from './parse-commit.ts';
import { decodeMessage, decodeText } from './parse-text.ts';

const SIGNATURES = /^-----BEGIN (?:PGP|SSH) (?:SIGNATURE|MESSAGE)-----|^-----BEGIN SIGNED MESSAGE-----/m;

export interface Tag {
  oid: Oid;
  /** What it points at, which may be a tag again. */
  target: Oid;
  targetType: ObjectType;
  name: string;
  /** Missing in some very old tags. */
  tagger: Signature | undefined;
  /** Without the signature, which git appends to it. */
  message: string;
  signature?: string;
}

/** Parses the content of a tag object; undefined when it names no target. */
export function parseTag(oid: Oid, data: Buffer): Tag | undefined {
  const { headers, body } = splitObject(data);
  const first = (name: string) => headers.find((header) => header.name === name)?.value;
  const target = first('object')?.toString('latin1');
  const targetType = first('type')?.toString('latin1');
  if (!target || !isObjectType(targetType)) return undefined;
  const encoding = first('encoding')?.toString('latin1');
  const text = decodeMessage(body, encoding);
  const signed = text.search(SIGNATURES);
  const tagger = first('tagger');
  return {
    oid,
    target,
    targetType,
    name: decodeText(first('tag') ?? Buffer.alloc(0)),
    tagger: tagger ? parseSignature(tagger, encoding) : undefined,
    message: signed < 0 ? text : text.slice(0, signed),
    ...(signed < 0 ? {} : { signature: text.slice(signed) }),
  };
}

function isObjectType(type: string | undefined): type is ObjectType {
  return type === 'commit' || type === 'tree' || type === 'blob' || type === 'tag';
}
