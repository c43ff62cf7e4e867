import { toBackoffMs } from '../shared/backoff.ts';
import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { type Packet, toInteractionId } from './packet.ts';
import { toBatch } from './packet-batch.ts';
import type { PacketTable } from './packet-table.ts';
import type { Session, TakenShard } from './shard-table.ts';

export interface PacketWriterOptions {
  readonly shard: TakenShard;
  readonly owner: string;
  readonly packets: Pick<PacketTable, 'write'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with the interactions of a batch that was written. */
  readonly onInteractions: (packets: readonly Packet[]) => void;
  /** Called once, when another process holds the shard. */
  readonly onLost: () => void;
}

/** A log-in brings a packet for each server, thousands at once; the database takes no statement of any length. */
const MOST_AT_ONCE = 200;
const PAUSES = { firstMs: 100, maxMs: 2_000 };

/**
 * Writes what one shard sends, in its order and each packet once: what comes while a batch is on its way is the next
 * one, and a batch that fails is tried again until the shard is somebody else's.
 */
export class PacketWriter {
  readonly #options: PacketWriterOptions;
  #batches: number;
  readonly #pending: { readonly packet: Packet; readonly session: Session | null }[] = [];
  #session: Session | null;
  #isUp = false;
  #isDirty = false;
  #isOver = false;
  #writing: Promise<void> | undefined;

  constructor(options: PacketWriterOptions) {
    this.#options = options;
    this.#batches = options.shard.batches;
    this.#session = options.shard.session;
  }

  /** @param session The one to be resumed after this packet. */
  add(packet: Packet, session: Session | null): void {
    this.#session = session === null ? null : { ...session, sequence: packet.s };
    this.#pending.push({ packet, session: this.#session });
    this.#isUp ||= packet.t === 'READY' || packet.t === 'RESUMED';
    this.#write();
  }

  /** The connection is gone; without a session there is nothing to resume. */
  noteDown(session: Session | null): void {
    this.#isUp = false;
    if (session === null) this.#session = null;
    this.#write();
  }

  /** Resolves when all is written, or is not to be written any more. */
  async whenWritten(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Nothing more is tried. */
  close(): void {
    this.#isOver = true;
  }

  #write(): void {
    this.#isDirty = true;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#isDirty && !this.#isOver) {
      const sent = this.#pending.splice(0, MOST_AT_ONCE);
      this.#isDirty = this.#pending.length > 0;
      const session = this.#isDirty ? (sent.at(-1)?.session ?? null) : this.#session;
      const packets = sent.map(({ packet }) => packet);
      await this.#writeBatch(packets, session);
    }
  }

  /** @param session The one to be resumed after these packets. */
  async #writeBatch(packets: readonly Packet[], session: Session | null): Promise<void> {
    const { shard, owner, packets: table, onInteractions, onLost } = this.#options;
    const state = { id: shard.id, owner, batches: this.#batches, isUp: this.#isUp, session };
    const batch = toBatch(packets);
    const isHeld = await this.#tryUntilAnswered(() => table.write(state, batch));
    if (this.#isOver) return;
    this.#batches += 1;
    if (isHeld) return onInteractions(packets.filter((packet) => toInteractionId(packet) !== undefined));
    this.#isOver = true;
    onLost();
  }

  async #tryUntilAnswered(write: () => Promise<boolean>): Promise<boolean> {
    const { clock, logger, shard } = this.#options;
    for (let failures = 1; !this.#isOver; failures += 1) {
      try {
        return await write();
      } catch (thrown) {
        if (failures === 1)
          logger.warn({ shard: shard.id, reason: toErrorMessage(thrown) }, 'What the gateway sent cannot be written.');
      }
      await clock.sleep(toBackoffMs(PAUSES, failures));
    }
    return false;
  }
}
