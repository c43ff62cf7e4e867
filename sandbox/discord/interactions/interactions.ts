import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { compact } from '../../../src/shared/compact.ts';
import { apiError } from '../api-error.ts';
import { ANSWER_WITHIN_MS, TOKEN_LIVES_MS } from '../discord-numbers.ts';
import type { JsonObject } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { type FirstAnswer, InteractionRecord, type InteractionStart } from '../world/interaction-record.ts';
import type { WaitsFor } from '../world/people.ts';
import type { WorldChannel } from '../world/world-records.ts';
import { toInteractionPayload, toMetadata } from './interaction-payload.ts';

const MAX_KEPT = 5_000;

/** Something a person does that the bot has to answer. */
export interface InteractionIntent {
  readonly kind: number;
  readonly userId: string;
  readonly channel: WorldChannel;
  readonly name: string;
  readonly data: JsonObject;
  readonly answerType: number;
  readonly sourceMessageId?: string;
  readonly isFromComponent?: boolean;
  readonly triggeredBy?: JsonObject;
}

interface Kept {
  readonly record: InteractionRecord;
  readonly sentAt: number;
  readonly deadline: AbortController;
}

/** Opens interactions, keeps them, and ends those that the bot does not answer in time. */
export class Interactions {
  readonly #world: DiscordWorld;
  readonly #answerWithinMs: number;
  readonly #kept = new Map<string, Kept>();
  readonly #byToken = new Map<string, InteractionRecord>();

  constructor(world: DiscordWorld, answerWithinMs = ANSWER_WITHIN_MS) {
    this.#world = world;
    this.#answerWithinMs = answerWithinMs;
  }

  /** Sends an interaction to the bot. */
  open(intent: InteractionIntent): InteractionRecord {
    const start = this.#toStart(intent);
    const record = new InteractionRecord(start);
    const kept = { record, sentAt: performance.now(), deadline: new AbortController() };
    this.#kept.set(start.id, kept);
    this.#byToken.set(start.token, record);
    this.#dropOldest();
    this.#watch(kept, this.#answerWithinMs, () => record.firstAnswer === undefined);
    const payload = toInteractionPayload(this.#world, start, intent.data);
    this.#world.emit({ kind: 'interaction-sent', record, payload });
    return record;
  }

  get(id: string): InteractionRecord | undefined {
    return this.#kept.get(id)?.record;
  }

  findByToken(token: string): InteractionRecord | undefined {
    return this.#byToken.get(token);
  }

  /** The interaction that may be answered now; otherwise 10062 or 40060. */
  requireUnanswered(id: string, token: string): InteractionRecord {
    const record = this.get(id);
    if (record === undefined || record.start.token !== token) throw apiError('unknownInteraction');
    if (record.firstAnswer !== undefined) throw apiError('alreadyAcknowledged');
    const age = this.#world.clock.now() - record.start.createdAt;
    if (record.state === 'failed' || age > this.#answerWithinMs) throw apiError('unknownInteraction');
    return record;
  }

  /** The answered interaction behind a token; otherwise 10015, or 50027 once the token is 15 minutes old. */
  requireByToken(token: string): InteractionRecord {
    const record = this.#byToken.get(token);
    if (record === undefined) throw apiError('unknownWebhook');
    if (this.#world.clock.now() - record.start.createdAt >= TOKEN_LIVES_MS) throw apiError('invalidToken');
    if (record.firstAnswer === undefined) throw apiError('unknownWebhook');
    return record;
  }

  /** Notes the bot's first answer. */
  acknowledge(record: InteractionRecord, answer: FirstAnswer): void {
    const kept = this.#kept.get(record.start.id);
    record.firstAnswer = answer;
    record.acknowledgedAfterMs = performance.now() - (kept?.sentAt ?? performance.now());
    record.state = toState(answer);
    this.noteChange(record);
    if (kept === undefined) return;
    const left = record.start.createdAt + TOKEN_LIVES_MS - this.#world.clock.now();
    if (answer === 'deferred-message') this.#watch(kept, left, () => !record.isCompleted);
  }

  /** Notes that a deferred answer has got what it waited for. */
  complete(record: InteractionRecord): void {
    record.isCompleted = true;
    if (record.state === 'thinking') record.state = 'answered';
    this.noteChange(record);
  }

  noteChange(record: InteractionRecord): void {
    if (record.isSettled) this.#kept.get(record.start.id)?.deadline.abort();
    this.#world.emit({ kind: 'interaction-updated', record });
  }

  /** Resolves when an interaction has come as far as somebody waits for it, or after `limitMs` of real time. */
  async reached(record: InteractionRecord, until: WaitsFor, limitMs: number): Promise<void> {
    const isThere = () => (until === 'first-answer' ? record.isAcknowledged : record.isSettled);
    if (isThere()) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(finish, limitMs);
      const stop = this.#world.subscribe((change) => {
        if (change.kind === 'interaction-updated' && change.record === record && isThere()) finish();
      });
    });
  }

  close(): void {
    for (const { deadline } of this.#kept.values()) deadline.abort();
  }

  #toStart(intent: InteractionIntent): InteractionStart {
    const { channel, sourceMessageId } = intent;
    const id = this.#world.ids.next();
    return {
      id,
      token: randomBytes(48).toString('base64url'),
      kind: intent.kind,
      userId: intent.userId,
      channelId: channel.id,
      name: intent.name,
      createdAt: this.#world.clock.now(),
      answerType: intent.answerType,
      isFromComponent: intent.isFromComponent === true,
      metadata: toMetadata(this.#world, { id, ...intent }),
      ...compact({ guildId: channel.guildId, sourceMessageId }),
    };
  }

  #watch(kept: Kept, ms: number, isMissed: () => boolean): void {
    const { record, deadline } = kept;
    const fail = () => {
      if (!isMissed()) return;
      record.state = 'failed';
      record.failure = 'The application did not respond';
      this.noteChange(record);
    };
    this.#world.clock.sleep(ms, deadline.signal).then(fail, () => undefined);
  }

  #dropOldest(): void {
    for (const [id, { record, deadline }] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT) return;
      deadline.abort();
      this.#kept.delete(id);
      this.#byToken.delete(record.start.token);
    }
  }
}

function toState(answer: FirstAnswer): InteractionRecord['state'] {
  if (answer === 'deferred-message') return 'thinking';
  if (answer === 'update' || answer === 'deferred-update') return 'updated';
  return answer === 'modal' ? 'modal' : 'answered';
}
