import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FollowedCard, NewCard } from '../../../src/discord/cards/channel-cards.ts';
import type { Answer } from '../../../src/discord/core/answer.ts';
import type { Caller } from '../../../src/discord/core/caller.ts';
import { ActReplies } from '../../../src/discord/core/kept-replies.ts';
import { ModeratorMessages, type ModeratorNotice } from '../../../src/discord/moderation/moderator-messages.ts';
import { ModeratorPosts } from '../../../src/discord/moderation/moderator-posts.ts';
import { RequesterMessages } from '../../../src/discord/moderation/requester-messages.ts';
import { logAct, logMade } from '../../../src/discord/moderation/submission-log.ts';
import { runPress } from '../../../src/discord/submissions/run-press.ts';
import { runSubmit } from '../../../src/discord/submissions/run-prompt.ts';
import { ActNews, type ActNewsOptions } from '../../../src/discord/submissions/submission-outcomes.ts';
import { connectActs } from '../../../src/discord/submissions/submission-wiring.ts';
import type { SubmissionsNeeds } from '../../../src/discord/submissions/submissions-feature.ts';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
import { toLabelHash } from '../../../src/jobs/label-hash.ts';
import type { ActApi } from '../../../src/jobs/submissions/submission-api.ts';
import { AuditLog } from '../../../src/moderation/log/audit-log.ts';
import type { ChannelPoster } from '../../../src/notifications/delivery/channel-poster.ts';
import { openPostRecords } from '../../../src/notifications/delivery/post-record.ts';
import { Sender } from '../../../src/notifications/delivery/sender.ts';
import { WatchStore } from '../../../src/notifications/live-cards/watch-store.ts';
import { UserError } from '../../../src/shared/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { ActingBot } from '../../jobs/submissions/acting-rig.ts';
import { FakeActApi } from '../../jobs/submissions/fake-act-api.ts';
import { Disk, Life } from './mortal-store.ts';

const PARENT = aJobid(1);
const CALLER: Caller = {
  guildId: 'g1',
  channelId: 'c1',
  userId: 'ann',
  roleIds: [],
  isOwner: false,
  permissions: 0n,
  appPermissions: 0n,
  maxFileBytes: 1_000_000,
};
/** What a submission and the news of it need. */
type Needs = SubmissionsNeeds & Pick<ActNewsOptions, 'replies' | 'channelCards' | 'privateCards' | 'drafts' | 'quotas'>;
export type Wish = 'imagine' | 'press';

/** The API, Discord and the disk, which outlive the bot's processes. */
export class ToldWorld {
  readonly disk = new Disk();
  readonly clock = new FakeClock();
  readonly api = new FakeActApi();
  /** What stands in the answer to the interaction. */
  answers: string[] = [];
  /** Direct messages by nonce: the same one makes none twice. */
  readonly direct = new Map<string, string>();
  hasChannel = true;

  constructor() {
    this.api.now = () => this.clock.now();
    this.api.put(anApiJob({ jobid: PARENT, status: 'completed', buttons: ['V1'] }));
  }

  /** Starts a process that takes up what the one before left, and dies after so many `writes`; resolves then, or when nothing is left to do. */
  async live(act: (bot: BotProcess) => Promise<unknown>, writes?: number): Promise<BotProcess> {
    this.api.kill();
    const bot = new BotProcess(this, writes);
    const work = bot.recover().then(() => act(bot));
    const rest = async () => {
      await work;
      await bot.rest();
    };
    await Promise.race([rest(), bot.life.died]);
    await nextTurn();
    return bot;
  }

  /** Whether whoever asked knows: by the answer, by a direct message, or by a card of the job. */
  async isTold(): Promise<boolean> {
    if (this.answers.length > 0 || this.direct.size > 0) return true;
    const watches = new WatchStore(new SqliteStore(this.disk.connection));
    await watches.restore();
    return watches.all().length > 0;
  }

  /** Paid calls that were sent and taken. */
  get paid(): number {
    return this.api.posts.filter(({ fate }) => fate !== 'busy').length;
  }
}

/** One process of the bot, as far as it starts jobs and tells of them. */
export class BotProcess {
  readonly life: Life;
  readonly #world: ToldWorld;
  readonly #bot: ActingBot;
  readonly #watches: WatchStore;
  readonly #needs: Needs;

  constructor(world: ToldWorld, writes?: number) {
    this.#world = world;
    this.life = new Life(world.disk, writes);
    const { store } = this.life;
    this.#bot = new ActingBot(toMortalApi(world.api, this.life), store, world.clock);
    this.#watches = new WatchStore(store);
    const log = new AuditLog(store);
    this.#bot.acting.runner.onBegun((act) => logAct(log, act));
    this.#bot.acting.runner.onMade((act, job) => logMade(log, act, job));
    this.#needs = this.#toNeeds(log);
    const moderated = { onModerated: () => undefined } as unknown as Parameters<typeof connectActs>[0]['moderated'];
    const { tracker, acting } = this.#bot;
    const { replies, channelCards, privateCards, drafts, quotas } = this.#needs;
    const requesters = this.#toRequesters();
    const parts = { acting, requesters, replies, channelCards, privateCards, drafts, quotas, logger: silentLogger };
    tracker.onChange(({ ref }) => void privateCards.refresh(ref));
    connectActs({ acting, moderated }, new ActNews(parts));
  }

  async recover(): Promise<void> {
    await this.#bot.tracker.restore();
    await this.#watches.restore();
    await this.#bot.acting.recover();
  }

  /** Lets all end that was begun, and what could not be told be told. */
  async rest(): Promise<void> {
    await this.#bot.acting.whenIdle();
    await this.#world.clock.advance(60_000);
    await this.#bot.acting.tellUntold();
    await this.#bot.acting.whenIdle();
  }

  /** The interaction, as the router takes it: what was made of it is shown, and what went wrong is said. */
  async ask(wish: Wish): Promise<void> {
    try {
      const answer = await (wish === 'imagine' ? this.#imagine() : this.#press());
      await this.#show(JSON.stringify(answer.message));
      answer.onShown?.();
      answer.release?.();
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      await this.#show(thrown.message);
    }
  }

  #imagine(): Promise<Answer> {
    const showProgress = (message: unknown) => this.#show(JSON.stringify(message));
    return runSubmit(this.#needs, { id: 'i1', caller: CALLER, showProgress }, 'a fox', undefined);
  }

  async #press(): Promise<Answer> {
    const showProgress = (message: unknown) => this.#show(JSON.stringify(message));
    const [ref, labelHash] = [toJobRef(PARENT), toLabelHash('V1')];
    await this.#bot.tracker.observe(await this.#world.api.readJob(PARENT));
    const call = { id: 'i1', caller: CALLER, showProgress };
    return runPress(this.#needs, { ...call, ref, labelHash, cardId: undefined });
  }

  async #show(message: string): Promise<void> {
    await this.life.run(false, async () => void this.#world.answers.push(message));
  }

  async #follow({ guildId, userId, job, place }: NewCard): Promise<FollowedCard> {
    if (!this.#world.hasChannel) return { isShown: false, about: 'I cannot post here.' };
    const id = { guildId, channelId: place.channelId, ref: job.ref };
    await this.#watches.add(id, userId, this.#world.clock.now());
    return { isShown: true, about: 'Its card is here.' };
  }

  #toNeeds(log: AuditLog): Needs {
    const { acting } = this.#bot;
    const allowance = { isLimited: false };
    const needs = {
      clock: this.#world.clock,
      log,
      acting,
      submissions: acting.submissions,
      presses: acting.presses,
      permissions: { requireAllowed: () => undefined, isAllowed: () => true },
      gate: { isHiddenFrom: () => false },
      words: { check: () => ({ outcome: 'pass' }) },
      quotas: {
        spend: async () => ({ outcome: 'spent', before: allowance, after: allowance }),
        refund: async () => true,
      },
      drafts: { keep: async () => '' },
      replies: new ActReplies(this.#world.clock),
      cardPlaces: { linkTo: async () => undefined },
      channelCards: { follow: (card: NewCard) => this.#follow(card), refresh: async () => undefined },
      privateCards: { refresh: async () => undefined, keep: () => undefined },
    };
    return needs as unknown as Needs;
  }

  #toRequesters(): RequesterMessages {
    const { store } = this.life;
    const { clock } = this.#world;
    const poster = this.#toPoster();
    const sender = new Sender<ModeratorNotice>({
      records: openPostRecords(store),
      poster,
      clock,
      logger: silentLogger,
    });
    return new RequesterMessages({
      posts: new ModeratorPosts({ sender, poster }),
      direct: { openChannel: async (userId) => `dm ${userId}` },
      directory: { guildName: () => 'Studio' },
    });
  }

  #toPoster(): ChannelPoster<ModeratorNotice> {
    const messages = new ModeratorMessages({ lease: async () => ({ results: [], release: () => undefined }) });
    const { direct } = this.#world;
    return {
      prepare: async (notice, options) => {
        const { message } = await messages.make(notice, options);
        return {
          post: ({ channelId }, { nonce }) =>
            this.life.run(false, async () => {
              direct.set(nonce, JSON.stringify(message));
              return { channelId, messageId: nonce };
            }),
          edit: async () => undefined,
          release: () => undefined,
        };
      },
      honoursNonce: async () => true,
      findPosted: async ({ channelId, deliveryId }) => {
        const [found] = [...direct].find(([, text]) => text.includes(deliveryId)) ?? [];
        return found === undefined ? undefined : { channelId, messageId: found };
      },
    };
  }
}

/** The same API for one process: dead, it asks nothing and hears nothing. */
function toMortalApi(api: FakeActApi, life: Life): ActApi {
  return {
    listRunning: (version) => life.run(false, () => api.listRunning(version)),
    readJob: (jobid) => life.run(false, () => api.readJob(jobid)),
    cancelJob: (jobid) => life.run(false, () => api.cancelJob(jobid)),
    imagine: (call) => life.run(false, () => api.imagine(call)),
    pressButton: (call) => life.run(false, () => api.pressButton(call)),
    resetChannel: () => life.run(false, () => api.resetChannel()),
  };
}
