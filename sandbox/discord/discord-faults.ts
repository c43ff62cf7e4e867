/** What goes wrong with one REST request. */
export type RestFault =
  | StatusFault
  /** The connection is cut before anything happens. */
  | { readonly kind: 'cut-before' }
  /** It is done, then the connection is cut instead of an answer. */
  | { readonly kind: 'cut-after' }
  /** It is done after so many milliseconds; `isAnswerLate`: it is done at once, and only answered later. */
  | { readonly kind: 'delay'; readonly ms: number; readonly isAnswerLate?: boolean }
  /** Its body arrives at this speed, as over a slow line. */
  | { readonly kind: 'slow-uplink'; readonly bytesPerSecond: number }
  /** `isShared`: the limit is that of the place, which others have used up. */
  | {
      readonly kind: 'rate-limit';
      readonly retryAfterMs: number;
      readonly isGlobal?: boolean;
      readonly isShared?: boolean;
    };

/** Answered with this status instead of being done. */
export interface StatusFault {
  readonly kind: 'status';
  readonly status: number;
  /** Sent as JSON; default: a message with code 0. */
  readonly body?: unknown;
  /** Sent as HTML in the place of JSON, as a proxy before Discord does. */
  readonly page?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** It is done all the same, and only its answer is replaced. */
  readonly takesEffect?: boolean;
}

export interface FaultRule {
  readonly fault: RestFault;
  /** Matched with `POST /channels/{channel_id}/messages`; a text must be contained, none means every route. */
  readonly route?: string | RegExp;
  /** Matched with the request's path in the same way: `/channels/1204417700112100110/`. */
  readonly path?: string | RegExp;
  /** How often it strikes; default: until it is removed. */
  readonly times?: number;
}

/** What the gateway does when it is asked to fail. */
export interface GatewayFaults {
  /** Cuts every connection, or that of one shard; without `canResume` the sessions are forgotten too. */
  drop(options: { readonly canResume: boolean; readonly shardId?: number }): void;
  /** Refuses connections until it is up again. */
  setDown(isDown: boolean): void;
  /** Says nothing any more, not even to heartbeats, while the connections stay. */
  setMute(isMute: boolean): void;
  /** Op 7: asks every client to connect anew and resume. */
  askReconnect(): void;
  /** Closes every connection with a code; the sessions live on unless the code ends them. */
  closeWith(code: number): void;
  /** An outage of one server: it is there, but nothing is heard of it. */
  setGuildAvailable(guildId: string, isAvailable: boolean): void;
  /** Names another address for resuming, from the next log-in on; none: the gateway's own. */
  moveResume(url: string | undefined): void;
  /** Op 9. */
  invalidate(options: { readonly canResume: boolean }): void;
}

interface Armed {
  readonly rule: FaultRule;
  left: number;
}

/** Faults on demand; each strikes the requests that match, the first rule first. */
export class DiscordFaults {
  readonly gateway: GatewayFaults;
  readonly #armed = new Set<Armed>();

  constructor(gateway: GatewayFaults) {
    this.gateway = gateway;
  }

  /** Arms a fault; returns how to take it back. */
  add(rule: FaultRule): () => void {
    const armed = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#armed.add(armed);
    return () => this.#armed.delete(armed);
  }

  clear(): void {
    this.#armed.clear();
  }

  /** The rules that are armed. */
  list(): readonly FaultRule[] {
    return [...this.#armed].map((armed) => armed.rule);
  }

  /** The fault that strikes a request, used up by one. */
  take(route: string, path: string): RestFault | undefined {
    for (const armed of this.#armed) {
      if (!matches(armed.rule.route, route) || !matches(armed.rule.path, path)) continue;
      armed.left -= 1;
      if (armed.left <= 0) this.#armed.delete(armed);
      return armed.rule.fault;
    }
    return undefined;
  }
}

function matches(wanted: string | RegExp | undefined, text: string): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}
