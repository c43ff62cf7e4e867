import type { PageUser } from '../server/page-api.ts';
import { h } from './h.ts';
import type { Session } from './session.ts';

/** What a user is called where one is. */
export function nameOf(user: PageUser, session: Session): string {
  return session.memberOf(user.id)?.name ?? user.global_name ?? user.username;
}

/** A round picture made of initials and a colour that follows from the id. */
export function avatarView(id: string, name: string, className = 'avatar'): HTMLElement {
  const initials = name
    .replace(/\(.*?\)/g, '')
    .split(/\s+/)
    .map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();
  const hue = Number(BigInt(id) % 6n);
  return h('span', { class: `${className} hue-${hue}`, 'aria-hidden': 'true', 'data-initials': initials });
}
