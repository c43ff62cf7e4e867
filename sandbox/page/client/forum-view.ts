import type { WorldChannel } from '../server/page-world.ts';
import { h } from './h.ts';
import type { Session } from './session.ts';

/** The posts of a forum, the newest first. */
export function postsView(forum: WorldChannel, session: Session): HTMLElement {
  const posts = (session.server?.channels ?? []).filter((channel) => channel.parentId === forum.id);
  const lines = posts.toReversed().map((post) => {
    const unread = session.state?.unread[post.id]?.messages ?? 0;
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', class: 'post', 'data-key': `post:${post.id}`, onclick: () => void session.open(post.id) },
        h('span', { class: 'post-name' }, post.name),
        unread > 0 && h('span', { class: 'post-unread' }, `${unread} new`),
        post.isArchived === true && h('span', { class: 'post-unread' }, 'archived'),
      ),
    );
  });
  if (lines.length === 0)
    return h('p', { class: 'posts-none' }, 'No posts here yet. Use /notify add to have the bot open one for each job.');
  return h('ul', { class: 'posts', 'aria-label': 'Posts' }, lines);
}
