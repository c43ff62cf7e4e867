import type { PageComponent, PageMessage } from '../server/page-api.ts';
import type { Change, Session } from './session.ts';

/** Hears of every change; true once a step of the tour is done. */
export type StepEnd = (change: Change, session: Session) => boolean;

const LOADING = 1 << 7;
/** The colour of the bot's refusals. */
const REFUSED = 0xed4245;
/** The colour of a card on which something was done. */
const DONE = 0x3ba55d;
const BUTTON = 2;

/** The bot has answered a command of this person's, and has not refused it. */
export function answered(path: string): StepEnd {
  return (change, session) => {
    const message = toAnswer(change, session);
    return message?.interaction?.name === path && !isRefused(message);
  };
}

/** A job's card with pictures to choose from has come for this person. */
export function cardOpened(): StepEnd {
  return (change, session) => {
    const message = toAnswer(change, session);
    return message !== undefined && findButton(message, /^U[1-4]$/) !== undefined;
  };
}

/** A button was clicked, and the bot has said something new because of it. */
export function pressLed(session: Session, label: RegExp): StepEnd {
  let newest: bigint | undefined;
  return (change) => {
    if (isPress(change, session, label)) newest = BigInt(session.messages.at(-1)?.id ?? 0);
    const message = toDone(change);
    return newest !== undefined && message?.author.bot === true && BigInt(message.id) > newest && !isRefused(message);
  };
}

/** Something was picked from a select of this kind, and its card says that it was done. */
export function picked(control: string): StepEnd {
  let messageId: unknown;
  return (change) => {
    if (change.kind === 'acted' && change.path === '/api/select' && Reflect.get(change.data, 'customId') === control)
      messageId = Reflect.get(change.data, 'messageId');
    return change.kind === 'message' && change.message.id === messageId && hasColor(change.message, DONE);
  };
}

/** Something of the bot's that is newer than the step is seen in a channel. */
export function seenIn(name: string): StepEnd {
  const startedAt = Date.now();
  return (change, session) => {
    if ((change.kind !== 'message' && change.kind !== 'channel') || session.channel?.name !== name) return false;
    return session.messages.some(({ author, timestamp }) => author.bot === true && Date.parse(timestamp) >= startedAt);
  };
}

/** A button was clicked, and its message offers it no more. */
export function decided(session: Session, label: RegExp): StepEnd {
  let messageId: unknown;
  return (change) => {
    if (isPress(change, session, label)) messageId = Reflect.get(change.data, 'messageId');
    if (messageId === undefined) return false;
    if (change.kind === 'gone') return change.messageId === messageId;
    return change.kind === 'message' && change.message.id === messageId && !findButton(change.message, label);
  };
}

/** A message that is more than a promise of one. */
function toDone(change: Change): PageMessage | undefined {
  if (change.kind !== 'message') return undefined;
  return ((change.message.flags ?? 0) & LOADING) === 0 ? change.message : undefined;
}

function toAnswer(change: Change, session: Session): PageMessage | undefined {
  const message = toDone(change);
  return message !== undefined && session.isMine(message) ? message : undefined;
}

function isPress(
  change: Change,
  session: Session,
  label: RegExp,
): change is Extract<Change, { readonly kind: 'acted' }> {
  if (change.kind !== 'acted' || change.path !== '/api/press') return false;
  const message = session.messages.find(({ id }) => id === Reflect.get(change.data, 'messageId'));
  return message !== undefined && findButton(message, label)?.custom_id === Reflect.get(change.data, 'customId');
}

function isRefused(message: PageMessage): boolean {
  return hasColor(message, REFUSED);
}

function hasColor({ components = [] }: PageMessage, color: number): boolean {
  return components.some(({ accent_color: accent }) => accent === color);
}

/** A button that can be clicked. */
function findButton(message: PageMessage, label: RegExp): PageComponent | undefined {
  return walk(message.components ?? []).find(
    (part) => part.type === BUTTON && part.disabled !== true && label.test(part.label ?? ''),
  );
}

function walk(components: readonly PageComponent[]): PageComponent[] {
  return components.flatMap((part) => [
    part,
    ...walk(part.components ?? []),
    ...(part.accessory ? [part.accessory] : []),
  ]);
}
