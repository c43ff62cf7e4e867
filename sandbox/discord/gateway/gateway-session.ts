import { Intent } from '../discord-numbers.ts';
import type { JsonObject } from '../json.ts';
import type { GatewayEvent } from './gateway-events.ts';

const MAX_REPLAYED = 1_000;

export interface SessionStart {
  readonly id: string;
  readonly intents: number;
  readonly shardId: number;
  readonly shardCount: number;
}

interface Numbered {
  readonly seq: number;
  readonly text: string;
}

/** A client's log-in: outlives its connection, numbers the events and keeps the last ones to send them again. */
export class GatewaySession {
  readonly start: SessionStart;
  #seq = 0;
  #sent: Numbered[] = [];
  #send: ((text: string) => void) | undefined;
  #leftAt: number | undefined;

  constructor(start: SessionStart) {
    this.start = start;
  }

  get seq(): number {
    return this.#seq;
  }

  get isConnected(): boolean {
    return this.#send !== undefined;
  }

  /** Epoch milliseconds since when nobody is connected. */
  get leftAt(): number | undefined {
    return this.#leftAt;
  }

  connect(send: (text: string) => void): void {
    this.#send = send;
    this.#leftAt = undefined;
  }

  disconnect(now: number): void {
    this.#send = undefined;
    this.#leftAt ??= now;
  }

  dispatch(name: string, data: JsonObject): void {
    this.#seq += 1;
    const text = JSON.stringify({ op: 0, s: this.#seq, t: name, d: data });
    this.#sent.push({ seq: this.#seq, text });
    if (this.#sent.length > MAX_REPLAYED) this.#sent.shift();
    this.#send?.(text);
  }

  /** Sends an event if this client asked for its kind and its shard serves the server. */
  offer(event: GatewayEvent): boolean {
    if (event.intent !== 0 && (this.start.intents & event.intent) === 0) return false;
    if (!this.#serves(event.guildId)) return false;
    const seesContent = (this.start.intents & Intent.MessageContent) !== 0;
    this.dispatch(event.name, seesContent ? event.data : (event.withoutContent ?? event.data));
    return true;
  }

  /** Whether the events after `seq` are all still there to be sent again. */
  canReplay(seq: number): boolean {
    const oldest = this.#sent[0]?.seq ?? this.#seq + 1;
    return seq <= this.#seq && seq >= oldest - 1;
  }

  replay(seq: number): void {
    for (const numbered of this.#sent) if (numbered.seq > seq) this.#send?.(numbered.text);
  }

  #serves(guildId: string | undefined): boolean {
    if (guildId === undefined) return this.start.shardId === 0;
    return isOfShard(guildId, this.start);
  }
}

/** Whether events of a server go to a shard; what is of no server, such as direct messages, goes to shard 0. */
export function isOfShard(
  guildId: string,
  { shardId, shardCount }: Pick<SessionStart, 'shardId' | 'shardCount'>,
): boolean {
  return Number((BigInt(guildId) >> 22n) % BigInt(shardCount)) === shardId;
}
