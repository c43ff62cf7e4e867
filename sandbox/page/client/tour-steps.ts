import type { Session } from './session.ts';
import { answered, cardOpened, decided, picked, pressLed, type StepEnd, seenIn } from './tour-ends.ts';

export interface TourStep {
  readonly title: string;
  readonly text: string;
  /** The command without which the step is left out. */
  readonly command?: string;
  /** What to look at: a selector, and where several fit, the text that it has; the last one counts. */
  readonly target?: { readonly selector: string; readonly text?: string };
  /** Begins to watch for the end of the step; left out: one goes on by hand. */
  readonly watch?: (session: Session) => StepEnd;
}

const COMPOSER = { selector: '.composer-box, .command-line' };

export const TOUR_STEPS: readonly TourStep[] = [
  {
    title: 'What this bot is for',
    text: 'It follows your Midjourney jobs in Discord. Everyone sees what runs and what came of it, channels get a post when a job ends, and moderators decide who may do what. Here you can try it as each of them.',
  },
  {
    title: 'See what runs',
    text: 'Type /jobs into the box below and press Enter twice. Only you see the answer.',
    command: 'jobs',
    target: COMPOSER,
    watch: () => answered('jobs'),
  },
  {
    title: 'Open a job',
    text: 'Type /job show, then lighthouse, and pick a completed one. Its status, its pictures and its buttons come as one card.',
    command: 'job show',
    target: COMPOSER,
    watch: () => cardOpened(),
  },
  {
    title: 'Click U1',
    text: 'A grid has four pictures. Click U1 to upscale the first one: a new job starts, and the bot says where to follow it.',
    command: 'job show',
    target: { selector: '.flow .button', text: 'U1' },
    watch: (session) => pressLed(session, /^U1$/),
  },
  {
    title: 'Set up the server',
    text: 'Type /setup. Its card asks who can create, where results go, whether they are reviewed, and who gets alerts.',
    command: 'setup',
    target: COMPOSER,
    watch: () => answered('setup'),
  },
  {
    title: 'Choose where results go',
    text: 'Under 2, pick #showcase. From now on every finished job is posted there. Undo on the card restores what was before.',
    command: 'setup',
    target: { selector: '[data-key="setup-results"]' },
    watch: () => picked('setup-results'),
  },
  {
    title: 'See a post',
    text: 'Start a job in the World panel, end it with ✓, and open #showcase.',
    command: 'setup',
    target: { selector: '.channel', text: '#showcase' },
    watch: () => seenIn('showcase'),
  },
  {
    title: 'Hold results for review',
    text: 'Type /setup again and pick #moderation under 3. Results then wait there until a moderator approves them.',
    command: 'setup',
    target: COMPOSER,
    watch: () => picked('setup-review'),
  },
  {
    title: 'Let moderators decide',
    text: 'Type /mod allow with the action review and the role Moderator.',
    command: 'mod allow',
    target: COMPOSER,
    watch: () => answered('mod allow'),
  },
  {
    title: 'Approve as a moderator',
    text: 'Start a job in the World panel and end it with ✓. Choose the moderator under “You are”, open #moderation, and approve the job.',
    command: 'setup',
    target: { selector: '.member' },
    watch: (session) => decided(session, /^approve/i),
  },
];

/** Whether the bot offers what a step is about. */
export function isOffered({ command }: TourStep, session: Session): boolean {
  return command === undefined || session.commands.slash.some(({ path }) => path === command);
}
