// What a page says about a person or an organization.
import type { Actor } from '../../base/actor.ts';
import type { UserRow } from '../users/users.types.ts';

export interface WebsiteLink {
  href: string;
  label: string;
}

/** Only addresses a browser may be sent to. */
export function websiteLink(website: string): WebsiteLink | undefined {
  const url = URL.parse(website);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return { href: url.href, label: url.href.replace(/^https?:\/\//, '').replace(/\/$/, '') };
}

/** A person as their page shows them. Their address only to people who are signed in, and only if they chose so. */
export function personFacts(owner: UserRow, actor: Actor) {
  const showsEmail = !owner.hidesEmail && actor.kind === 'user' && owner.email !== '';
  return {
    name: owner.name,
    displayName: owner.displayName,
    avatarHash: owner.avatarHash,
    bio: owner.bio,
    location: owner.location,
    website: websiteLink(owner.website),
    email: showsEmail ? owner.email : undefined,
    isBot: owner.kind === 'bot',
    isSuspended: owner.isSuspended,
    joinedAt: owner.createdAt,
    followers: owner.followerCount,
    following: owner.followingCount,
  };
}
