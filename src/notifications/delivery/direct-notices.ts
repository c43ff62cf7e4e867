import { z } from 'zod';
import type { NamedQueue, Queue } from '../../queue/contract.ts';
import { TELLING_TTL_MS, TellEvent, toPostKey } from '../planning/plan.ts';
import type { Rule } from '../rules/rule.ts';
import type { MissedMention } from './missed-mention.ts';

const DirectNotice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missed-mention'), ref: z.string(), event: TellEvent, channelId: z.string() }),
  /** `reason` is a sentence part for people. */
  z.object({ kind: z.literal('suspended-rule'), ruleNumber: z.number(), channelId: z.string(), reason: z.string() }),
]);

const DirectTask = z.object({ key: z.string(), guildId: z.string(), userId: z.string(), notice: DirectNotice });
/** What one person is told directly; its key names it for ever. */
export type DirectTask = z.infer<typeof DirectTask>;

/** What single people are told directly, until each was told once or takes no direct messages. */
export class DirectNotices {
  readonly #tasks: NamedQueue<DirectTask, DirectTask>;

  constructor(queue: Pick<Queue, 'define'>) {
    this.#tasks = queue.define('direct-notices', DirectTask);
  }

  /** Tells those who were promised a mention that the job has ended. */
  readonly onMissedMention = async ({ userIds, channelId, ...plan }: MissedMention): Promise<void> => {
    const { guildId, ref, event } = plan;
    for (const userId of userIds) {
      const key = `missed-mention:${toPostKey(plan, channelId)}:${userId}`;
      await this.#add({ key, guildId, userId, notice: { kind: 'missed-mention', ref, event, channelId } });
    }
  };

  /** Tells the creator of a rule that its channel refuses the bot. */
  async tellSuspended(rule: Rule, reason: string): Promise<void> {
    const { guildId, number: ruleNumber, channelId, createdBy: userId, suspended } = rule;
    const key = `suspended-rule:${guildId}:${ruleNumber}:${suspended?.at ?? 0}`;
    await this.#add({ key, guildId, userId, notice: { kind: 'suspended-rule', ruleNumber, channelId, reason } });
  }

  /** Starts sending: `send` is called until it resolves, and must tell each task at most once by its key. */
  start(send: (task: DirectTask) => Promise<void>): void {
    this.#tasks.work(({ payload }) => send(payload));
  }

  async #add(task: DirectTask): Promise<void> {
    await this.#tasks.add(task, {
      key: task.key,
      group: task.userId,
      keepKeyMs: TELLING_TTL_MS,
      maxAttempts: Number.POSITIVE_INFINITY,
      backoff: { maxMs: 300_000 },
    });
  }
}
