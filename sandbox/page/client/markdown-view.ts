import { type Child, h } from './h.ts';
import { type Block, type Inline, parseMarkdown } from './markdown.ts';
import type { Session } from './session.ts';
import { coverUntilAsked } from './spoiler.ts';
import { timeView } from './timestamps.ts';

/** Discord's Markdown as elements. */
export function markdownView(source: string, session: Session): HTMLElement {
  return h(
    'div',
    { class: 'markdown' },
    parseMarkdown(source).map((block) => blockView(block, session)),
  );
}

function blockView(block: Block, session: Session): Child {
  switch (block.kind) {
    case 'text':
      return h('div', { class: 'paragraph' }, inlineViews(block.inner, session));
    case 'subtext':
      return h('small', { class: 'subtext' }, inlineViews(block.inner, session));
    case 'heading':
      return h(`h${block.level}`, {}, inlineViews(block.inner, session));
    case 'code':
      return h('pre', { tabindex: 0 }, h('code', {}, block.text));
    case 'quote':
      return h(
        'blockquote',
        {},
        block.blocks.map((inner) => blockView(inner, session)),
      );
    case 'list': {
      const items = block.items.map((item) =>
        h('li', { class: `depth-${item.depth}` }, inlineViews(item.inner, session)),
      );
      return block.isOrdered ? h('ol', { start: block.start }, items) : h('ul', {}, items);
    }
  }
}

function inlineViews(inlines: readonly Inline[], session: Session): Child[] {
  return inlines.map((inline) => inlineView(inline, session));
}

function inlineView(inline: Inline, session: Session): Child {
  switch (inline.kind) {
    case 'text':
      return inline.text;
    case 'code':
      return h('code', {}, inline.text);
    case 'strong':
    case 'em':
    case 'u':
    case 's':
      return h(inline.kind, {}, inlineViews(inline.inner, session));
    case 'spoiler':
      return spoilerView(inlineViews(inline.inner, session));
    case 'link':
      return linkView(inline.url, inlineViews(inline.inner, session));
    case 'mention':
      return mentionView(inline.of, inline.id, session);
    case 'time':
      return timeView(inline.seconds, inline.style);
    case 'emoji':
      return `:${inline.name}:`;
  }
}

function spoilerView(inner: Child): HTMLElement {
  const content = h('span', {}, inner);
  const view = h('span', { class: 'spoiler' }, content);
  coverUntilAsked(view, () => view.classList.add('revealed'));
  return view;
}

/** A link that opens elsewhere and gives the other side nothing about the page. */
export function linkView(url: string, inner: Child): HTMLElement {
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', title: url }, inner);
}

function mentionView(of: string, id: string, session: Session): HTMLElement {
  switch (of) {
    case 'user':
      return h('span', { class: 'mention' }, `@${session.memberOf(id)?.name ?? 'unknown-user'}`);
    case 'role':
      return h('span', { class: 'mention' }, `@${session.roleOf(id)?.name ?? 'unknown-role'}`);
    case 'channel':
      return h('span', { class: 'mention' }, `#${session.channelOf(id)?.name ?? 'unknown'}`);
    case 'command':
      return h('span', { class: 'mention' }, `/${id}`);
    default:
      return h('span', { class: 'mention' }, `@${id}`);
  }
}
