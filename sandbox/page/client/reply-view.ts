import type { PageComponent, PageMessage } from '../server/page-api.ts';
import { avatarView, nameOf } from './author-view.ts';
import { type Child, h } from './h.ts';
import { goToMessage } from './message-links.ts';
import type { Session } from './session.ts';
import { formatTime } from './timestamps.ts';

const SHOWN = 120;

/** The line above an answer: whose message it answers and how that begins; a click leads there. */
export function replyView(message: PageMessage, session: Session): Child {
  const { referenced_message: referenced } = message;
  if (referenced === undefined) return undefined;
  if (referenced === null) return h('div', { class: 'invocation' }, h('i', {}, 'Original message was deleted'));
  const name = nameOf(referenced.author, session);
  const text = beginningOf(referenced, session);
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

/** Names and times in the place of Discord's signs for them; what else stands so is left out. */
function withNames(text: string, session: Session): string {
  return text.replace(/<(@&|@!?|#|t:)?([^>]*)>/g, (_, sign: string | undefined, rest: string) => {
    if (sign === '@' || sign === '@!') return `@${session.memberOf(rest)?.name ?? 'someone'}`;
    if (sign === '@&') return `@${session.roleOf(rest)?.name ?? 'a role'}`;
    if (sign === '#') return `#${session.channelOf(rest)?.name ?? 'a channel'}`;
    const [seconds, style = 'f'] = rest.split(':');
    return sign === 't:' ? formatTime(Number(seconds), style, Date.now()) : '';
  });
}

/** The first words that a message shows, as plain text. */
function beginningOf({ content, components = [] }: PageMessage, session: Session): string {
  const text = content === '' ? (firstText(components) ?? '') : content;
  const plain = withNames(text.replace(/[*_~`|\\]|-# |^[#>]+ /gm, ''), session).replace(/\s+/g, ' ');
  return plain.trim().slice(0, SHOWN) || 'Click to see the message';
}

function firstText(components: readonly PageComponent[]): string | undefined {
  for (const { content, components: inner = [] } of components) {
    const text = content ?? firstText(inner);
    if (text !== undefined) return text;
  }
  return undefined;
}
