import type { PageEmbed, PageMessage, PageUser } from '../server/page-api.ts';
import { avatarView, nameOf } from './author-view.ts';
import { type ComponentContext, componentViews } from './component-view.ts';
import { type Child, h } from './h.ts';
import { markdownView } from './markdown-view.ts';
import { fileView, mediaView } from './media-view.ts';
import { replyView } from './reply-view.ts';
import type { Session } from './session.ts';
import { formatPosted } from './timestamps.ts';

const FLAG = { ephemeral: 1 << 6, loading: 1 << 7, componentsV2: 1 << 15 } as const;
/** The type of the message that says that somebody pinned one. */
const PINNED = 6;
const GROUP_MS = 7 * 60_000;

/** What a message's frame can do besides its controls. */
export interface MessageActions extends ComponentContext {
  readonly dismiss: () => void;
  readonly openMenu: () => void;
  /** Why the last use of a control failed. */
  readonly failure: string | undefined;
}

export function isEphemeral(message: PageMessage): boolean {
  return ((message.flags ?? 0) & FLAG.ephemeral) !== 0;
}

/** Whether a message stands under the head of the one before it, as Discord groups them. */
export function isGrouped(message: PageMessage, before: PageMessage | undefined): boolean {
  const stands = invokerOf(message) !== undefined || message.referenced_message !== undefined;
  if (before === undefined || before.author.id !== message.author.id || stands) return false;
  return Date.parse(message.timestamp) - Date.parse(before.timestamp) < GROUP_MS && !isEphemeral(message);
}

/** One message with its frame. */
export function messageView(message: PageMessage, actions: MessageActions, grouped: boolean): HTMLElement {
  const { session, openMenu } = actions;
  const name = nameOf(message.author, session);
  const classes = [
    'message',
    grouped && 'grouped',
    isEphemeral(message) && 'ephemeral',
    mentionsMe(message, session) && 'mentioned',
  ];
  return h(
    'article',
    {
      class: classes.filter(Boolean).join(' '),
      'data-id': message.id,
      'aria-label': `Message by ${name}`,
      oncontextmenu: (event: MouseEvent) => {
        if (event.shiftKey || (event.target instanceof Element && event.target.closest('a, input') !== null)) return;
        event.preventDefault();
        openMenu();
      },
    },
    !grouped && (invocationView(message, session) ?? replyView(message, session)),
    !grouped && avatarView(message.author.id, name),
    h(
      'div',
      { class: 'message-body' },
      !grouped && headView(message, name, session),
      contentView(message, actions),
      footView(message, actions),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'message-menu',
        'aria-label': 'Apps',
        title: 'Apps',
        'data-key': `menu:${message.id}`,
        onclick: openMenu,
      },
      '⋯',
    ),
  );
}

function mentionsMe(message: PageMessage, session: Session): boolean {
  const { me } = session;
  if (me === undefined) return false;
  if (message.mention_everyone === true) return true;
  const byRole = message.mention_roles?.some((roleId) => me.roleIds.includes(roleId)) ?? false;
  return byRole || (message.mentions?.some((user) => user.id === me.id) ?? false);
}

function invokerOf(message: PageMessage): PageUser | undefined {
  return message.interaction?.user ?? message.interaction_metadata?.user;
}

function invocationView(message: PageMessage, session: Session): Child {
  const user = invokerOf(message);
  if (user === undefined) return undefined;
  const name = nameOf(user, session);
  const command = message.interaction?.name;
  return h(
    'div',
    { class: 'invocation' },
    avatarView(user.id, name, 'avatar tiny'),
    h('span', { class: 'invoker' }, name),
    command === undefined || command === ''
      ? ' used a control'
      : [' used ', h('span', { class: 'mention' }, isMenuCommand(command, session) ? command : `/${command}`)],
  );
}

/** It has no slash, and is called from a message or a member. */
function isMenuCommand(name: string, { commands }: Session): boolean {
  return commands.message.includes(name) || commands.user.includes(name);
}

function headView(message: PageMessage, name: string, session: Session): Child {
  const color = session.memberOf(message.author.id)?.color;
  const props = { class: 'author', '--name-color': color ? `#${color.toString(16).padStart(6, '0')}` : undefined };
  return h(
    'header',
    { class: 'message-head' },
    h('span', props, name),
    message.author.bot === true && h('span', { class: 'app-tag' }, 'APP'),
    h('time', { class: 'posted', datetime: message.timestamp }, formatPosted(message.timestamp)),
  );
}

function contentView(message: PageMessage, actions: MessageActions): Child {
  const flags = message.flags ?? 0;
  if (message.type === PINNED) return h('span', { class: 'edited' }, '📌 pinned a message to this channel.');
  if ((flags & FLAG.loading) !== 0) return thinkingView(nameOf(message.author, actions.session));
  const components = componentViews(message.components ?? [], actions);
  if ((flags & FLAG.componentsV2) !== 0) return h('div', { class: 'components' }, components);
  return [
    message.content !== '' && markdownView(message.content, actions.session),
    message.edited_timestamp !== null && h('span', { class: 'edited' }, '(edited)'),
    message.attachments.map((file) => attachmentView(file)),
    message.embeds.map((embed) => embedView(embed, actions.session)),
    components.length > 0 && h('div', { class: 'components' }, components),
  ];
}

export function thinkingView(name: string): HTMLElement {
  const dots = h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
  return h('div', { class: 'thinking', role: 'status' }, dots, `${name} is thinking…`);
}

function attachmentView(file: PageMessage['attachments'][number]): Child {
  const isMedia = /^(?:image|video)\//.test(file.content_type ?? '');
  if (!isMedia) return fileView(file, file.filename, file.size);
  return h(
    'div',
    { class: 'gallery gallery-1' },
    mediaView(file, file.description ?? '', file.filename.startsWith('SPOILER_')),
  );
}

function embedView(embed: PageEmbed, session: Session): Child {
  const color = embed.color === undefined ? undefined : `#${embed.color.toString(16).padStart(6, '0')}`;
  const fields = embed.fields?.map((field) => [h('strong', {}, field.name), markdownView(field.value, session)]);
  return h(
    'div',
    { class: 'container accented', '--accent': color },
    embed.title !== undefined && h('strong', {}, embed.title),
    embed.description !== undefined && markdownView(embed.description, session),
    fields,
    embed.footer !== undefined && h('small', { class: 'subtext' }, embed.footer.text),
  );
}

function reactionsView({ reactions = [] }: PageMessage): Child {
  const counts = reactions.map(({ emoji, count }) => {
    const name = emoji.id === null ? emoji.name : `:${emoji.name}:`;
    return h('span', { class: 'reaction', 'aria-label': `${count} × ${name}` }, `${name} ${count}`);
  });
  return counts.length > 0 && h('div', { class: 'reactions' }, counts);
}

function footView(message: PageMessage, { dismiss, failure }: MessageActions): Child {
  return [
    reactionsView(message),
    failure !== undefined && failureView(failure),
    isEphemeral(message) && onlyYouView(dismiss),
  ];
}

export function failureView(failure: string): HTMLElement {
  return h('div', { class: 'failure', role: 'alert', title: failure }, `⚠ ${failure}`);
}

export function onlyYouView(dismiss: () => void): HTMLElement {
  const button = h('button', { type: 'button', class: 'link-button', onclick: dismiss }, 'Dismiss message');
  return h('div', { class: 'only-you' }, '👁 Only you can see this • ', button);
}
