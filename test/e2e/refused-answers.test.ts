import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { aListedWord } from '../moderation/moderation-builders.ts';
import { answerTo, controlOf, ids, textOf, type World, walk } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

/** What Discord says of an answer that it does not take, and with which status. */
const REFUSALS = [
  [200000, 400],
  [200001, 400],
  [240000, 400],
  [50035, 400],
  [50006, 400],
  [40005, 413],
  [50045, 400],
  [50046, 400],
  [400001, 403],
] as const;

const WORD_FAULTS: ReadonlySet<number> = new Set([200000, 200001, 240000]);
const CALLBACK = 'POST /interactions/{interaction_id}/{interaction_token}/callback';
const FOLLOW_UP = 'POST /webhooks/{webhook_id}/{webhook_token}';
const EDIT = 'PATCH /webhooks/{webhook_id}/{webhook_token}/messages/';

let submissions: SubmissionWorld;
let world: World;
let card: Awaited<ReturnType<SubmissionWorld['aCard']>>;
let ownCard: SeenInteraction;

beforeAll(async () => {
  submissions = await startSubmissionWorld();
  world = submissions.world;
  card = await submissions.aCard();
  ownCard = await world.moderator.command(ids.general, { path: 'job show', options: { job: card.jobid } });
});
afterAll(() => world.close());

interface Kind {
  readonly kind: string;
  readonly route: string;
  /** Requests before a sentence is all that is left, where the words are refused and where anything else is. */
  readonly levels: readonly [ofWords: number, other: number];
  ask(): Promise<SeenInteraction>;
}

const KINDS: readonly Kind[] = [
  { kind: 'a card', route: EDIT, levels: [2, 3], ask: () => show() },
  {
    kind: 'a list',
    route: EDIT,
    levels: [2, 2],
    ask: () => world.member.command(ids.general, { path: 'jobs' }),
  },
  {
    kind: 'an update of a card for all',
    route: EDIT,
    levels: [2, 3],
    ask: () => world.member.press(card.message.id, controlOf(card.message, 'job-refresh')),
  },
  {
    kind: 'a choice of buttons',
    route: EDIT,
    levels: [1, 1],
    ask: () => world.moderator.press(card.message.id, controlOf(card.message, 'press-with')),
  },
  {
    kind: 'a message command',
    route: EDIT,
    levels: [2, 3],
    ask: () => world.member.messageCommand(card.message.id, 'Job details'),
  },
  {
    kind: 'an answer beside',
    route: FOLLOW_UP,
    levels: [2, 2],
    ask: () => world.moderator.press(ownCard.message?.id ?? '', controlOf(ownCard.message, 'press')),
  },
  {
    kind: 'an answer at once',
    route: CALLBACK,
    levels: [1, 1],
    ask: () => world.moderator.press(submissions.plant(ids.general, ['gone:x']), 'gone:x'),
  },
];
const show = () => world.member.command(ids.general, { path: 'job show', options: { job: card.jobid } });

describe.each(KINDS)('$kind that Discord does not take', ({ route, levels: [ofWords, other], ask }) => {
  it.each(REFUSALS)('for %i is shown with less, and at last as a sentence', async (code, status) => {
    const levels = WORD_FAULTS.has(code) ? ofWords : other;
    for (const times of new Set([1, levels])) {
      const body = { code, message: 'Not taken' };
      world.discord.faults.add({ fault: { kind: 'status', status, body }, route, times });

      const seen = await ask();

      const text = textOf(answerTo(seen));
      expect(world.discord.faults.list()).toEqual([]);
      expect(seen.failure).toBeUndefined();
      expect(text).not.toContain('Something broke');
      if (times < levels) expect(text).not.toContain('I can’t show this answer');
      else expect(text).toContain('I can’t show this answer');
    }
  });
});

it.each([
  ['member', false],
  ['owner', true],
] as const)('says Discord’s code of what is not shown to a %s: %s', async (person, hasCode) => {
  const body = { code: 50035, message: 'Not taken' };
  world.discord.faults.add({ fault: { kind: 'status', status: 400, body }, route: EDIT, times: 2 });

  const seen = await world[person].command(ids.general, { path: 'jobs' });

  const text = textOf(answerTo(seen));
  expect(text).toContain('I can’t show this answer');
  expect(text.includes('50035')).toBe(hasCode);
});

describe('a first answer that Discord does not take', () => {
  it.each([50035, 50006])('is another one that it does, for a form, suggestions and a command: %i', async (code) => {
    const refuse = () =>
      world.discord.faults.add({
        fault: { kind: 'status', status: 400, body: { code, message: 'Not taken' } },
        route: CALLBACK,
        times: 1,
      });

    refuse();
    const typed = { path: 'job show', options: { job: 'quiet' } };
    const choices = await world.member.autocomplete(ids.general, typed, 'job');
    refuse();
    const command = await show();
    const choice = await world.moderator.press(card.message.id, controlOf(card.message, 'press-with'));
    const select = controlOf(choice.message, 'press-pick');
    const [option] = walk(choice.message?.components).flatMap((part) => part['options'] ?? []) as { value: string }[];
    refuse();
    const form = await world.moderator.select(choice.message?.id ?? '', select, [option?.value ?? '']);

    expect(choices).toEqual([]);
    for (const seen of [command, form]) expect(textOf(answerTo(seen))).toContain('I can’t show this answer');
  });
});

describe('a server whose AutoMod blocks a word', () => {
  const BLOCKED = 'dragon';
  const LEFT_OUT = 'AutoMod blocks a word in it';

  beforeAll(async () => {
    world.useapi.world.startJob({ version: 'v3', prompt: 'a running dragon' });
    world.discord.world.autoMod.block(ids.guild, [BLOCKED]);
  });

  /** Says what happened in words, and nothing of what is blocked. */
  function expectWordless(seen: SeenInteraction): string {
    const text = textOf(answerTo(seen));
    expect(text).not.toContain(BLOCKED);
    expect(text).not.toContain('Something broke');
    expect(text).toContain(LEFT_OUT);
    return text;
  }

  it('starts the job, and says so without the prompt', async () => {
    const paid = submissions.paid();

    const seen = await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'a dragon' } });

    expect(expectWordless(seen)).toMatch(/started/);
    expect(submissions.paid()).toBe(paid + 1);
  });

  it('shows cards, lists and families without prompts, with all their controls and media', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a red dragon' });
    world.useapi.world.advance(jobid, { to: 'completed' });

    const shown = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const list = await world.member.command(ids.general, { path: 'jobs' });
    const family = await world.member.command(ids.general, { path: 'job family', options: { job: jobid } });

    expect(expectWordless(shown)).toContain('attachment');
    controlOf(shown.message, 'job-refresh');
    controlOf(shown.message, 'press');
    expect(expectWordless(list)).toContain('jobs-page');
    expect(expectWordless(family)).toContain('job-open');
  });

  it('gets shared cards without the prompt', async () => {
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a green dragon' });
    world.useapi.world.advance(jobid, { to: 'completed' });
    const own = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const before = submissions.posts(ids.general).length;

    const seen = await world.moderator.press(own.message?.id ?? '', controlOf(own.message, 'share'));

    expect(textOf(answerTo(seen))).toContain('discord.com/channels/');
    const posts = submissions.posts(ids.general);
    expect(posts).toHaveLength(before + 1);
    expect(textOf(posts.at(-1))).toContain(LEFT_OUT);
    expect(textOf(posts.at(-1))).not.toContain(BLOCKED);
  });

  it('is shown what was refused although the sentence quotes the word', async () => {
    const options = { ...aListedWord(BLOCKED, 'refuse') };
    await world.owner.command(ids.general, { path: 'mod words add', options });

    const seen = await world.moderator.command(ids.general, { path: 'imagine', options: { prompt: 'a dragon' } });

    expect(textOf(answerTo(seen))).toContain(LEFT_OUT);
  });
});
