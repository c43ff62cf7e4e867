import { ComponentType, InteractionResponseType, InteractionType, MessageFlags, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import { toMessageBody } from '../discord/core/outgoing.ts';
import { coreWords } from '../discord/core/words.ts';
import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Packet } from './packet.ts';
import type { PacketTable } from './packet-table.ts';

export interface UnansweredOptions {
  readonly packets: Pick<PacketTable, 'takeUnanswered'>;
  readonly rest: Pick<REST, 'post'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const Interaction = z.object({ id: z.string(), token: z.string(), type: z.number() });

/** Of the three seconds that Discord gives for an answer. */
const PATIENCE_MS = 2_000;

/** Answers what people ask while no process works, so that they do not wait for nothing. */
export class Unanswered {
  readonly #options: UnansweredOptions;

  constructor(options: UnansweredOptions) {
    this.#options = options;
  }

  /** Waits for the process that works to take these; those that it does not take are answered from here. */
  async watch(packets: readonly Packet[]): Promise<void> {
    const interactions = packets.flatMap(({ d }) => Interaction.safeParse(d).data ?? []);
    if (interactions.length === 0) return;
    const { clock, logger } = this.#options;
    try {
      await clock.sleep(PATIENCE_MS);
      const left = await this.#options.packets.takeUnanswered(interactions.map(({ id }) => id));
      const mine = interactions.filter(({ id }) => left.includes(id));
      await Promise.all(mine.map((interaction) => this.#answer(interaction)));
    } catch (thrown) {
      logger.warn({ reason: toErrorMessage(thrown) }, 'Interactions that nobody took could not be answered.');
    }
  }

  async #answer({ id, token, type }: z.infer<typeof Interaction>): Promise<void> {
    const path = Routes.interactionCallback(id, token);
    await this.#options.rest.post(path, { body: toAnswer(type), auth: false });
    this.#options.logger.info({ interaction: id }, 'No process works: somebody was asked to try again.');
  }
}

function toAnswer(type: number): unknown {
  if (type === InteractionType.ApplicationCommandAutocomplete)
    return { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices: [] } };
  const text = { type: ComponentType.TextDisplay, content: coreWords.closed } as const;
  const data = toMessageBody({ components: [text] }, MessageFlags.Ephemeral);
  return { type: InteractionResponseType.ChannelMessageWithSource, data };
}
