import { z } from 'zod';
import type { NamedQueue, Queue } from '../../queue/contract.ts';
import { compact } from '../../shared/compact.ts';
import { NotificationEvent } from '../notification-events.ts';
import { NOTIFICATION_TTL_MS, toPostKey } from '../planning/plan.ts';
import type { Rule } from '../rules/rule.ts';
import type { MissedMention } from './missed-mention.ts';

const DirectNotice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missed-mention'), ref: z.string(), event: NotificationEvent, channelId: z.string() }),
  /** `reason` is a sentence part for people. */
  z.object({
    kind: z.literal('suspended-rule'),
    ruleNumber: z.number(),
    channelId: z.string(),
    reason: z.string(),
    code: z.number().exactOptional(),
    /** The permissions that the bot lacks there, as Discord's client names them. */
    missing: z.array(z.string()).exactOptional(),
  }),
]);

const DirectTask = z.object({ key: z.string(), guildId: z.string(), userId: z.string(), notice: DirectNotice });
/** What one person is sent directly; its key names it for ever. */
export type DirectTask = z.infer<typeof DirectTask>;

/** What single people are sent directly, until each got it once or takes no direct messages. */
export class DirectNotices {
  readonly #tasks: NamedQueue<DirectTask, DirectTask>;

  constructor(queue: Pick<Queue, 'define'>) {
    this.#tasks = queue.define('direct-notices', DirectTask);
  }

  /** Notifies those who were promised a mention that the job has ended. */
  readonly onMissedMention = async ({ userIds, channelId, ...plan }: MissedMention): Promise<void> => {
    const { guildId, ref, event } = plan;
    for (const userId of userIds) {
      const key = `missed-mention:${toPostKey(plan, channelId)}:${userId}`;
      await this.#add({ key, guildId, userId, notice: { kind: 'missed-mention', ref, event, channelId } });
    }
  };

  /** Notifies the creator of a rule that its channel refuses the bot. */
  async notifyOfSuspension(rule: Rule, reason: string, missing: readonly string[] = []): Promise<void> {
    const { guildId, number: ruleNumber, channelId, createdBy: userId, suspended } = rule;
    const key = `suspended-rule:${guildId}:${ruleNumber}:${suspended?.at ?? 0}`;
    const refusal = { reason, missing: [...missing], ...compact({ code: suspended?.code }) };
    await this.#add({ key, guildId, userId, notice: { kind: 'suspended-rule', ruleNumber, channelId, ...refusal } });
  }

  /** Starts sending: `send` is called until it resolves, and must deliver each task at most once by its key. */
  start(send: (task: DirectTask) => Promise<void>): void {
    this.#tasks.work(({ payload }) => send(payload));
  }

  async #add(task: DirectTask): Promise<void> {
    await this.#tasks.add(task, {
      key: task.key,
      group: task.userId,
      tenant: task.guildId,
      keepKeyMs: NOTIFICATION_TTL_MS,
      maxAttempts: Number.POSITIVE_INFINITY,
      backoff: { maxMs: 300_000 },
    });
  }
}
