import {
  type ChannelPoster,
  type Level,
  type Notice,
  PostError,
  type PostedMessage,
  type PostOptions,
  type PostTarget,
  type PreparedMessage,
  type Search,
} from '../../src/notifications/delivery/channel-poster.ts';
import type { Clock } from '../../src/shared/clock.ts';
import type { Lifeline } from './lifeline.ts';

export interface FakeMessage extends PostedMessage {
  readonly deliveryId: string;
  readonly nonce: string;
  readonly at: number;
  readonly isSilent: boolean;
  readonly replyTo?: string;
  notice: Notice;
  level: Level;
  edits: number;
}

/**
 * What happens to the next request: refused by this error, or done (now, or 20 s later) and its answer lost
 * (with everything after it).
 */
export type Fault = PostError | 'answer-lost' | 'lands-late' | 'lost-for-long' | 'not-arrived';

const NONCE_KEPT_MS = 180_000;
const LATE_MS = 20_000;

/**
 * Discord in memory, shared by all processes of a test: takes messages, keeps nonces for three minutes, fails as asked.
 */
export class FakeDiscord {
  readonly messages: FakeMessage[] = [];
  /** Faults of the next posts, in order; `undefined` for none. */
  readonly faults: (Fault | undefined)[] = [];
  /** By channel: every post, edit and look is refused. */
  readonly refusing = new Map<string, PostError>();
  /** Channels that know no nonce, as forums. */
  readonly forums = new Set<string>();
  /** Refuses what is sent at these levels. */
  refusedLevels: readonly Level[] = [];
  /** What is said to a message because of what is in it. */
  judge: (sent: Pick<FakeMessage, 'notice' | 'level'>) => PostError | undefined = () => undefined;
  /** What is said to an edit because of what is in it. */
  judgeEdit: (level: Level) => PostError | undefined = () => undefined;
  isDown = false;
  looks = 0;
  attempts = 0;
  readonly editedAt: number[] = [];
  readonly #clock: Pick<Clock, 'now'>;
  #count = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** The door of one process. */
  connect(life: Lifeline): ChannelPoster {
    return {
      prepare: async (notice, { deliveryId, level }) => this.#prepare(life, notice, deliveryId, level),
      honoursNonce: async ({ channelId }) => !this.forums.has(channelId),
      findPosted: async (search) => this.#find(search),
    };
  }

  /** What a channel shows, in order: `summary a b`, `job a`, … */
  texts(channelId: string): string[] {
    return this.messages.filter((message) => message.channelId === channelId).map(({ notice }) => toText(notice));
  }

  delete(messageId: string): void {
    const at = this.messages.findIndex((message) => message.messageId === messageId);
    this.messages.splice(at, 1);
  }

  #prepare(life: Lifeline, notice: Notice, deliveryId: string, level: Level): PreparedMessage {
    return {
      post: (target, options) => life.pass(async () => this.#post(target, options, { notice, deliveryId, level })),
      edit: (place) => life.pass(async () => this.#edit(place, notice, level)),
      release: () => undefined,
    };
  }

  #post(target: PostTarget, options: PostOptions, sent: Pick<FakeMessage, 'notice' | 'deliveryId' | 'level'>) {
    this.attempts += 1;
    this.#requireUp(target.channelId);
    const fault = this.faults.shift();
    if (fault instanceof PostError) throw fault;
    if (fault === 'not-arrived') throw lost();
    const verdict = this.judge(sent);
    if (verdict !== undefined) throw verdict;
    if (this.refusedLevels.includes(sent.level))
      throw new PostError('payload', 'Invalid Form Body', { answerCode: 50035 });
    const message =
      this.#findByNonce(target, options.nonce) ??
      this.#create(target, options, sent, fault === 'lands-late' ? LATE_MS : 0);
    if (fault === 'lost-for-long') this.isDown = true;
    if (fault !== undefined) throw lost();
    return { channelId: message.channelId, messageId: message.messageId };
  }

  #create(
    { channelId }: PostTarget,
    options: PostOptions,
    sent: Pick<FakeMessage, 'notice' | 'deliveryId' | 'level'>,
    lateMs: number,
  ) {
    this.#count += 1;
    const { nonce, isSilent, replyTo } = options;
    const reply = replyTo === undefined ? {} : { replyTo };
    const place = { channelId, messageId: `m${this.#count}` };
    const message = { ...sent, ...place, nonce, isSilent, at: this.#clock.now() + lateMs, edits: 0, ...reply };
    this.messages.push(message);
    return message;
  }

  #findByNonce({ channelId }: PostTarget, nonce: string): FakeMessage | undefined {
    if (this.forums.has(channelId)) return undefined;
    const now = this.#clock.now();
    return this.messages.find((m) => m.channelId === channelId && m.nonce === nonce && now - m.at < NONCE_KEPT_MS);
  }

  #edit(place: PostedMessage, notice: Notice, level: Level): void {
    this.#requireUp(place.channelId);
    const message = this.messages.find((other) => other.messageId === place.messageId);
    if (message === undefined) throw new PostError('message-gone', 'Unknown Message', { answerCode: 10008 });
    const verdict = this.judgeEdit(level);
    if (verdict !== undefined) throw verdict;
    this.editedAt.push(this.#clock.now());
    message.edits += 1;
    message.notice = notice;
    message.level = level;
  }

  #find({ channelId, deliveryId, since }: Search): PostedMessage | undefined {
    this.looks += 1;
    this.#requireUp(channelId);
    const found = this.messages.find(
      (m) => m.channelId === channelId && m.deliveryId === deliveryId && m.at >= since && m.at <= this.#clock.now(),
    );
    return found && { channelId, messageId: found.messageId };
  }

  #requireUp(channelId: string): void {
    if (this.isDown) throw lost();
    const refusal = this.refusing.get(channelId);
    if (refusal !== undefined) throw refusal;
  }
}

export function lost(): PostError {
  return new PostError('retry', 'Discord did not answer');
}

function toText(notice: Notice): string {
  if (notice.kind === 'batch') return [notice.batch, ...notice.lines.map((line) => line.job.ref)].join(' ');
  return `${notice.kind} ${notice.job.ref}`;
}

export const noPermission = () => new PostError('target', 'Missing Permissions', { answerCode: 50013 });
export const unknownChannel = () => new PostError('gone', 'Unknown Channel', { answerCode: 10003 });
export const tooManyThreads = () =>
  new PostError('refused', 'Maximum number of active threads reached', { answerCode: 160006, isDoubtful: false });
export const brokenServer = () => new PostError('retry', 'Discord answered 503', { answerCode: 503 });
