import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunningBoard } from '../../../src/jobs/running-board.ts';
import type { ChannelPoster } from '../../../src/notifications/delivery/channel-poster.ts';
import { openPostRecords } from '../../../src/notifications/delivery/post-record.ts';
import { Sender } from '../../../src/notifications/delivery/sender.ts';
import { type BoardNotice, LiveBoards } from '../../../src/notifications/live-boards/live-boards.ts';
import { SqliteQueue } from '../../../src/queue/sqlite/sqlite-queue.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../../fake-clock.ts';

const IDLE: RunningBoard = {
  channels: [],
  jobs: [],
  page: 0,
  pageCount: 1,
  total: 0,
  hiddenCount: 0,
  problems: [],
  isPartial: false,
  listed: [],
};

/** Live boards of two servers; what runs in one of them can be made to take for ever to be known. */
class World {
  readonly clock = new FakeClock();
  readonly store = SqliteStore.open(':memory:');
  readonly queue: SqliteQueue;
  readonly boards: LiveBoards;
  total = 0;
  isSlow = false;
  readonly read: string[] = [];
  readonly edited: string[] = [];
  readonly #edits: (() => void)[] = [];

  private constructor(queue: SqliteQueue) {
    this.queue = queue;
    const { store, clock } = this;
    const poster: ChannelPoster<BoardNotice> = {
      prepare: async () => ({
        post: async ({ channelId }) => ({ channelId, messageId: `m-${channelId}` }),
        edit: async ({ channelId }) => {
          this.edited.push(channelId);
          for (const resolve of this.#edits.splice(0)) resolve();
        },
        release: () => undefined,
      }),
      honoursNonce: async () => true,
      findPosted: async () => undefined,
    };
    const sender = new Sender({ records: openPostRecords(store), poster, clock, logger: silentLogger });
    const boards = { read: ({ guildId }: { readonly guildId: string }) => this.#readBoard(guildId) };
    const served = { has: () => true };
    this.boards = new LiveBoards({ store, queue, boards, sender, poster, served, clock, logger: silentLogger });
  }

  static async open(): Promise<World> {
    const clock = new FakeClock();
    return new World(await SqliteQueue.open({ path: ':memory:', clock, logger: silentLogger }));
  }

  async pin(guildId: string, channelId: string): Promise<void> {
    await this.boards.pin({ guildId, channelId, postId: channelId, by: 'u1' });
  }

  nextEdit(): Promise<void> {
    return new Promise((resolve) => void this.#edits.push(resolve));
  }

  #readBoard(guildId: string): Promise<RunningBoard> {
    this.read.push(guildId);
    if (this.isSlow && guildId === 'a-slow') return new Promise(() => undefined);
    return Promise.resolve({ ...IDLE, total: this.total });
  }
}

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  await world.queue.stop();
  await world.store.close();
});

it('are brought up to date while what runs in another server is not known for long', async () => {
  await world.pin('a-slow', 'c1');
  await world.pin('b-quick', 'c2');
  world.total = 1;
  world.isSlow = true;
  const edit = world.nextEdit();

  void world.boards.refresh();
  await edit;

  expect(world.edited).toEqual(['c2']);
});

it('of one server are read once for all its channels', async () => {
  await world.pin('g', 'c1');
  await world.pin('g', 'c2');
  world.total = 1;
  world.read.length = 0;

  await world.boards.refresh();

  expect(world.read).toEqual(['g']);
  expect(world.edited.toSorted()).toEqual(['c1', 'c2']);
});
