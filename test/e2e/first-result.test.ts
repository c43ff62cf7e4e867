import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person, SeenInteraction, TypedCommand } from '../../sandbox/discord/world/people.ts';
import { answerTo, ids, startWorld, textOf, type World, walk } from './start-world.ts';

/** A person whose clicks are counted: a command or a button is one, a select is two, as it is opened first. */
class Clicker {
  readonly #count: (clicks: number) => void;

  constructor(count: (clicks: number) => void) {
    this.#count = count;
  }

  command(person: Person, channelId: string, typed: TypedCommand): Promise<SeenInteraction> {
    this.#count(1);
    return person.command(channelId, typed);
  }

  press(person: Person, messageId: string, customId: string): Promise<SeenInteraction> {
    this.#count(1);
    return person.press(messageId, customId);
  }

  select(person: Person, messageId: string, customId: string, values: readonly string[]): Promise<SeenInteraction> {
    this.#count(2);
    return person.select(messageId, customId, values);
  }
}

describe('from /setup to a member’s first U2', () => {
  let world: World;
  let clicks: number;

  beforeEach(async () => {
    world = await startWorld();
    clicks = 0;
  });
  afterEach(() => world.close());

  const clicker = new Clicker((more) => {
    clicks += more;
  });

  async function settle(): Promise<void> {
    await world.app().poll();
    await world.app().whenIdle();
  }

  /** The button with this label on the newest message of the bot that all in the channel see. */
  function buttonIn(channelId: string, label: string): { readonly messageId: string; readonly customId: string } {
    const posts = world.owner.messages(channelId).filter(({ author, flags }) => author.bot && !(Number(flags) & 64));
    const message = posts.at(-1);
    const found = walk(message?.components).find((part) => part['label'] === label && part['disabled'] !== true);
    if (message === undefined || found === undefined) throw new Error(`No ${label} in ${textOf(message)}`);
    return { messageId: message.id, customId: String(found['custom_id']) };
  }

  it('takes at most six clicks, with results in a channel of their own', async () => {
    const card = await clicker.command(world.owner, ids.general, { path: 'setup' });
    const cardId = card.message?.id ?? '';
    await clicker.press(world.owner, cardId, 'setup-everyone');
    await clicker.select(world.owner, cardId, 'setup-results', [ids.showcase]);

    await clicker.command(world.member, ids.general, { path: 'imagine', options: { prompt: 'a quiet harbour' } });
    const [job] = world.useapi.world.list();
    world.useapi.world.advance(job?.jobid ?? '', { to: 'completed' });
    await settle();
    const u2 = buttonIn(ids.showcase, 'U2');
    const pressed = await clicker.press(world.member, u2.messageId, u2.customId);

    expect(textOf(answerTo(pressed))).toContain('U2');
    expect(world.useapi.world.list().map(({ button }) => button)).toContain('U2');
    expect(clicks).toBeLessThanOrEqual(6);
  });
});
