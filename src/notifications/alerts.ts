import { z } from 'zod';
import type { NamedQueue, Queue } from '../queue/contract.ts';
import { withRenamedField } from '../shared/renamed-field.ts';
import { NOTIFICATION_TTL_MS } from './planning/plan.ts';

const AnyAlert = z.discriminatedUnion('kind', [
  /** The API's own moderation stopped a job. */
  z.object({ kind: z.literal('moderated'), ref: z.string() }),
  /** 422: Midjourney took nothing; `ref` is of the job that it is about, `reason` and `prompt` are outside texts. */
  z.object({
    kind: z.literal('refused'),
    by: z.string(),
    reason: z.string(),
    prompt: z.string().exactOptional(),
    ref: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('lost-contact'), ref: z.string() }),
  /** 596: an API channel takes no jobs until it is reset. */
  z.object({
    kind: z.literal('blocked'),
    board: z.string(),
    apiChannel: z.string().exactOptional(),
    isUnresettable: z.literal(true).exactOptional(),
  }),
  /** `reason` is a sentence part for people. */
  z.object({
    kind: z.literal('rule-suspended'),
    ruleNumber: z.number(),
    channelId: z.string(),
    reason: z.string(),
    code: z.number().exactOptional(),
    /** The permissions that the bot lacks there, as Discord's client names them. */
    missing: z.array(z.string()).exactOptional(),
  }),
  /** A result waits for its review, and the review channel did not take it. */
  z.object({
    kind: z.literal('review-unposted'),
    ref: z.string(),
    channelId: z.string().exactOptional(),
    reason: z.string(),
  }),
]);

/** What moderators should hear of. Version 0.2 called the board of an API channel `version`. */
export const Alert = withRenamedField(AnyAlert, 'version', 'board');
export type Alert = z.infer<typeof Alert>;

const AlertTask = z.object({ guildId: z.string(), key: z.string(), alert: Alert });
/** An alert of a server; its key names it for ever. */
export type AlertTask = z.infer<typeof AlertTask>;

export interface AlertsOptions {
  readonly queue: Pick<Queue, 'define'>;
  /** Whether the server wants to hear of anything; from memory. */
  readonly isWanted: (guildId: string) => boolean;
}

/** Alerts until they are posted, in the order of their server; each is posted once. */
export class Alerts {
  readonly #tasks: NamedQueue<AlertTask, AlertTask>;
  readonly #isWanted: (guildId: string) => boolean;

  constructor({ queue, isWanted }: AlertsOptions) {
    this.#tasks = queue.define('alerts', AlertTask);
    this.#isWanted = isWanted;
  }

  /** Resolves when the alert is on disk; idempotent by the key. */
  async post(guildId: string, key: string, alert: Alert): Promise<void> {
    if (!this.#isWanted(guildId)) return;
    const task = { guildId, key: `alert:${guildId}:${key}`, alert };
    await this.#tasks.add(task, {
      key: task.key,
      group: guildId,
      tenant: guildId,
      keepKeyMs: NOTIFICATION_TTL_MS,
      maxAttempts: Number.POSITIVE_INFINITY,
      backoff: { maxMs: 300_000 },
    });
  }

  /** Starts posting: `post` is called until it resolves, and must post an alert at most once by its key. */
  start(post: (task: AlertTask, signal: AbortSignal) => Promise<void>): void {
    this.#tasks.work(({ payload, leaseLostSignal }) => post(payload, leaseLostSignal));
  }
}
