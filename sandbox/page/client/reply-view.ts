import type { PageComponent, PageMessage } from '../server/page-api.ts';
import { avatarView, nameOf } from './author-view.ts';
import { type Child, h } from './h.ts';
import { goToMessage } from './message-links.ts';
import type { Session } from './session.ts';

const SHOWN = 120;

/** The line above an answer: whose message it answers and how that begins; a click leads there. */
export function replyView(message: PageMessage, session: Session): Child {
  const { referenced_message: referenced } = message;
  if (referenced === undefined) return undefined;
  if (referenced === null) return h('div', { class: 'invocation' }, h('i', {}, 'Original message was deleted'));
  const name = nameOf(referenced.author, session);
  const text = beginningOf(referenced);
  return h(
    'div',
    { class: 'invocation' },
    avatarView(referenced.author.id, name, 'avatar tiny'),
    h('span', { class: 'invoker' }, name),
    h(
      'button',
      {
        type: 'button',
        class: 'replied',
        'aria-label': `Go to the message that is replied to: ${text}`,
        'data-key': `reply:${message.id}`,
        onclick: () => goToMessage(referenced.id),
      },
      text,
    ),
  );
}

/** The first words that a message shows, as plain text. */
function beginningOf({ content, components = [] }: PageMessage): string {
  const text = content === '' ? (firstText(components) ?? '') : content;
  const plain = text.replace(/[#*_~`>|\\]|-# |<[^>]*>/g, '').replace(/\s+/g, ' ');
  return plain.trim().slice(0, SHOWN) || 'Click to see the message';
}

function firstText(components: readonly PageComponent[]): string | undefined {
  for (const { content, components: inner = [] } of components) {
    const text = content ?? firstText(inner);
    if (text !== undefined) return text;
  }
  return undefined;
}
