import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Page, startPage } from '../../../../sandbox/page/server/page-server.ts';
import { aMessage, ELSEWHERE, FakeWorld, GENERAL, MEMBER, OWNER, STAFF, STRANGER } from '../fake-world.ts';
import { EventReader, send } from '../page-client.ts';

let world: FakeWorld;
let page: Page;
let watched: boolean[];
const readers: EventReader[] = [];

beforeEach(async () => {
  world = new FakeWorld();
  watched = [];
  page = await startPage({ world, port: 0, about: [], onWatched: (isWatched) => watched.push(isWatched) });
});

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await page.close();
});

async function openAs(userId: string): Promise<EventReader> {
  const reader = await EventReader.open(page.url, userId);
  readers.push(reader);
  return reader;
}

describe('the event stream', () => {
  it('says once that somebody looks, and once that nobody does any more', async () => {
    const [owner, member] = [await openAs(OWNER), await openAs(MEMBER)];
    const whileOpen = [...watched];

    owner.close();
    member.close();

    await expect.poll(() => watched).toEqual([true, false]);
    expect(whileOpen).toEqual([true]);
  });

  it('shows an ephemeral message to its receiver only', async () => {
    const [owner, member] = [await openAs(OWNER), await openAs(MEMBER)];

    world.post(GENERAL, aMessage({ content: 'secret', flags: 64 }), OWNER);
    world.post(GENERAL, aMessage({ content: 'public' }));

    const seen = [await owner.next(), await owner.next(), await member.next()];
    expect(seen.map((event) => event.kind === 'message' && event.message.content)).toEqual([
      'secret',
      'public',
      'public',
    ]);
  });

  it('shows an ephemeral message to nobody when its receiver is not named', async () => {
    const owner = await openAs(OWNER);

    world.post(GENERAL, aMessage({ content: 'secret', flags: 64 }));
    world.post(GENERAL, aMessage({ content: 'public' }));

    expect(await owner.next()).toMatchObject({ message: { content: 'public' } });
  });

  it('shows nothing of a channel that a member may not view', async () => {
    const readersOf = [await openAs(MEMBER), await openAs(STRANGER)];

    world.post(STAFF, aMessage({ content: 'for staff' }));
    world.post(ELSEWHERE, aMessage({ content: 'elsewhere' }));
    world.post(GENERAL, aMessage({ content: 'for all' }));
    world.emit({ kind: 'world' });

    const seen = [];
    for (const reader of readersOf) seen.push([await reader.next(), await reader.next()]);
    expect(seen).toMatchObject([
      [{ message: { content: 'for all' } }, { kind: 'world' }],
      [{ message: { content: 'elsewhere' } }, { kind: 'world' }],
    ]);
  });

  it('sends a deletion', async () => {
    const member = await openAs(MEMBER);

    world.emit({ kind: 'message-deleted', channelId: GENERAL, messageId: '7', onlyFor: OWNER });
    world.emit({ kind: 'message-deleted', channelId: GENERAL, messageId: '8' });

    expect(await member.next()).toEqual({ kind: 'message-deleted', channelId: GENERAL, messageId: '8' });
  });

  it('is refused to an unknown member', async () => {
    expect((await send(`${page.url}/events?as=1`)).status).toBe(404);
  });
});
