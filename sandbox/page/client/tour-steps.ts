import type { PageComponent, PageMessage } from '../server/page-api.ts';
import type { Change, Session } from './session.ts';

export interface TourStep {
  readonly title: string;
  readonly text: string;
  /** Whether there is what the step is about. */
  readonly isThere: (session: Session) => boolean;
  readonly isDone: (change: Change, session: Session) => boolean;
  /** What to look at: a selector. */
  readonly target: string;
}

export const TOUR_STEPS: readonly TourStep[] = [
  {
    title: 'See what runs',
    text: 'Type /jobs into the box below and press Enter twice. The answer is for your eyes only.',
    isThere: (session) => hasCommand(session, 'jobs'),
    isDone: (change, session) =>
      change.kind === 'message' && session.isMine(change.message) && change.message.interaction?.name === 'jobs',
    target: '.composer-box',
  },
  {
    title: 'Open a job',
    text: 'Type /job show and pick a completed one from the list: its state, its pictures and all its buttons come as one card.',
    isThere: (session) => hasCommand(session, 'job show'),
    isDone: (change, session) =>
      (change.kind === 'acted' && change.path === '/api/select') ||
      (change.kind === 'message' &&
        session.isMine(change.message) &&
        /^job( |$)/.test(change.message.interaction?.name ?? '')),
    target: '.composer-box',
  },
  {
    title: 'Press U2',
    text: 'A completed grid has U1 to U4. Press U2: a new job begins, and a card of its own follows it.',
    isThere: (session) => hasCommand(session, 'job show'),
    isDone: (change, session) => pressed(change, session, /^U2$/i),
    target: '.flow .button',
  },
  {
    title: 'Add a rule',
    text: 'Type /notify add and pick #showcase. Then start a job in the World panel and end it with ✓: that channel hears of it.',
    isThere: (session) => hasCommand(session, 'notify'),
    isDone: (change) => sent(change, /^notify/),
    target: '.composer-box',
  },
  {
    title: 'Hold results for review',
    text: 'Type /mod review with the mode on and the channel #moderation. From now on results wait there for a verdict before anybody sees them.',
    isThere: (session) => hasCommand(session, 'mod review'),
    isDone: (change) => sent(change, /^mod review$/),
    target: '.composer-box',
  },
  {
    title: 'Let moderators decide',
    text: 'Type /mod allow with the action review and the role Moderator.',
    isThere: (session) => hasCommand(session, 'mod allow'),
    isDone: (change) => sent(change, /^mod allow$/),
    target: '.composer-box',
  },
  {
    title: 'Approve as moderator',
    text: 'Start a job in the World panel and end it with ✓. Choose the moderator under “You are”, open #moderation, and approve what waits there.',
    isThere: (session) => hasCommand(session, 'mod review'),
    isDone: (change, session) => pressed(change, session, /^approve/i),
    target: '.member',
  },
];

function hasCommand(session: Session, path: string): boolean {
  return session.commands.slash.some((command) => command.path === path || command.path.startsWith(`${path} `));
}

/** Whether somebody has just sent a command whose path is such. */
function sent(change: Change, path: RegExp): boolean {
  return (
    change.kind === 'acted' && change.path === '/api/command' && path.test(String(Reflect.get(change.data, 'path')))
  );
}

function pressed(change: Change, session: Session, label: RegExp): boolean {
  if (change.kind !== 'acted' || change.path !== '/api/press') return false;
  const message = session.messages.find(({ id }) => id === Reflect.get(change.data, 'messageId'));
  return message !== undefined && findButton(message, label)?.custom_id === Reflect.get(change.data, 'customId');
}

function findButton(message: PageMessage, label: RegExp): PageComponent | undefined {
  return walk(message.components ?? []).find(
    (part) => part.type === 2 && part.disabled !== true && label.test(part.label ?? ''),
  );
}

function walk(components: readonly PageComponent[]): PageComponent[] {
  return components.flatMap((part) => [
    part,
    ...walk(part.components ?? []),
    ...(part.accessory ? [part.accessory] : []),
  ]);
}
