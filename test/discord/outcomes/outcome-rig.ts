import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FollowedCard, NewCard } from '../../../src/discord/cards/channel-cards.ts';
import type { Answer } from '../../../src/discord/core/answer.ts';
import type { Caller } from '../../../src/discord/core/caller.ts';
import { KeptReplies } from '../../../src/discord/core/kept-replies.ts';
import { ModeratorMessages, type ModeratorNotice } from '../../../src/discord/moderation/moderator-messages.ts';
import { ModeratorPosts } from '../../../src/discord/moderation/moderator-posts.ts';
import { RequesterMessages } from '../../../src/discord/moderation/requester-messages.ts';
import { logMade, logSubmission } from '../../../src/discord/moderation/submission-log.ts';
import { runPress } from '../../../src/discord/submissions/run-press.ts';
import { runSubmit } from '../../../src/discord/submissions/run-prompt.ts';
import {
  SubmissionOutcomes,
  type SubmissionOutcomesOptions,
} from '../../../src/discord/submissions/submission-outcomes.ts';
import { connectSubmissions } from '../../../src/discord/submissions/submission-wiring.ts';
import type { SubmissionsNeeds } from '../../../src/discord/submissions/submissions-feature.ts';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
import { toLabelHash } from '../../../src/jobs/label-hash.ts';
import type { SubmissionApi } from '../../../src/jobs/submissions/submission-api.ts';
import { AuditLog } from '../../../src/moderation/log/audit-log.ts';
import type { ChannelPoster } from '../../../src/notifications/delivery/channel-poster.ts';
import { openPostRecords } from '../../../src/notifications/delivery/post-record.ts';
import { Sender } from '../../../src/notifications/delivery/sender.ts';
import { WatchStore } from '../../../src/notifications/live-cards/watch-store.ts';
import { UserError } from '../../../src/shared/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { ONE_STEP } from '../../backends/one-step.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from '../../jobs/submissions/fake-submission-api.ts';
import { SubmissionBot } from '../../jobs/submissions/submission-rig.ts';
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
/** What a submission and the reports of it need. */
type Needs = SubmissionsNeeds &
  Pick<SubmissionOutcomesOptions, 'replies' | 'channelCards' | 'privateCards' | 'drafts' | 'quotas'>;
export type Wish = 'imagine' | 'press';

/** The API, Discord and the disk, which outlive the bot's processes. */
export class OutcomeWorld {
  readonly disk = new Disk();
  readonly clock = new FakeClock();
  readonly api = new FakeSubmissionApi();
  /** What stands in the answer to the interaction. */
  answers: string[] = [];
  /** Direct messages by nonce: the same one makes none twice. */
  readonly direct = new Map<string, string>();
  hasChannel = true;

  constructor() {
    this.api.now = () => this.clock.now();
    this.api.put(anApiJob({ jobid: PARENT, status: 'completed', buttons: ['V1'] }));
  }

  /**
   * Starts a process that takes up what the one before left, and dies after so many `writes`; resolves then, or when
   * nothing is left to do.
   */
  async live(submission: (bot: BotProcess) => Promise<unknown>, writes?: number): Promise<BotProcess> {
    this.api.kill();
    const bot = new BotProcess(this, writes);
    const work = bot.recover().then(() => submission(bot));
    const rest = async () => {
      await work;
      await bot.rest();
    };
    await Promise.race([rest(), bot.life.died]);
    await nextTurn();
    return bot;
  }

  /** Whether whoever asked knows: by the answer, by a direct message, or by a card of the job. */
  async isNotified(): Promise<boolean> {
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

/** One process of the bot, as far as it starts jobs and reports them. */
export class BotProcess {
  readonly life: Life;
  readonly #world: OutcomeWorld;
  readonly #bot: SubmissionBot;
  readonly #watches: WatchStore;
  readonly #needs: Needs;

  constructor(world: OutcomeWorld, writes?: number) {
    this.#world = world;
    this.life = new Life(world.disk, writes);
    const { store } = this.life;
    this.#bot = new SubmissionBot(toMortalApi(world.api, this.life), store, world.clock);
    this.#watches = new WatchStore(store);
    const log = new AuditLog(store);
    this.#bot.submissions.runner.onBegun((submission) => logSubmission(log, submission));
    this.#bot.submissions.runner.onMade((submission, job) => logMade(log, submission, job));
    this.#needs = this.#toNeeds(log);
    const moderated = { onModerated: () => undefined } as unknown as Parameters<
      typeof connectSubmissions
    >[0]['moderated'];
    const { tracker, submissions } = this.#bot;
    const { replies, channelCards, privateCards, drafts, quotas } = this.#needs;
    const requesters = this.#toRequesters();
    const parts = {
      submissions,
      requesters,
      notes: { write: async () => false },
      accounts: { nameIn: () => undefined },
      replies,
      channelCards,
      privateCards,
      drafts,
      quotas,
      logger: silentLogger,
    };
    tracker.onChange(({ ref }) => void privateCards.refresh(ref));
    connectSubmissions({ submissions, moderated }, new SubmissionOutcomes(parts));
  }

  async recover(): Promise<void> {
    await this.#bot.tracker.restore();
    await this.#watches.restore();
    await this.#bot.submissions.recover();
  }

  /** Lets all end that was begun, and what could not be reported be reported. */
  async rest(): Promise<void> {
    await this.#bot.submissions.whenIdle();
    await this.#world.clock.advance(60_000);
    await this.#bot.submissions.reportPending();
    await this.#bot.submissions.whenIdle();
  }

  /** The interaction, as the router takes it: what was made of it is shown, and what went wrong is said. */
  async ask(wish: Wish): Promise<void> {
    try {
      const answer = await (wish === 'imagine' ? this.#submit() : this.#press());
      await this.#show(JSON.stringify(answer.message));
      answer.onShown?.();
      answer.release?.();
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      await this.#show(thrown.message);
    }
  }

  #submit(): Promise<Answer> {
    const showProgress = (message: unknown) => this.#show(JSON.stringify(message));
    return runSubmit(this.#needs, { id: 'i1', caller: CALLER, showProgress }, { prompt: 'a fox', target: {} });
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
    const { submissions } = this.#bot;
    const allowance = { isLimited: false };
    const needs = {
      clock: this.#world.clock,
      log,
      submissions,
      prompts: submissions.prompts,
      presses: submissions.presses,
      permissions: { requireAllowed: () => undefined, isAllowed: () => true },
      gate: { isHiddenFrom: () => false },
      words: { check: () => ({ outcome: 'pass' }) },
      quotas: {
        spend: async () => ({ outcome: 'spent', before: allowance, after: allowance }),
        refund: async () => true,
      },
      drafts: { keep: async () => '' },
      replies: new KeptReplies(this.#world.clock),
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
      jobs: { get: async () => undefined },
      accounts: { nameIn: () => undefined },
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
function toMortalApi(api: FakeSubmissionApi, life: Life): SubmissionApi {
  return {
    listRunning: (board) => life.run(false, () => api.listRunning(board)),
    readJob: (jobid) => life.run(false, () => api.readJob(jobid)),
    cancel: (jobid) => life.run(false, () => api.cancel(jobid)),
    submit: (call) => life.run(false, () => api.submit(call)),
    press: (call) => life.run(false, () => api.press(call)),
    resetChannel: () => life.run(false, () => api.resetChannel()),
    ...ONE_STEP,
  };
}
