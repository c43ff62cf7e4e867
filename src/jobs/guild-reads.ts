import { ReadLimitError } from '../backends/backend-errors.ts';
import { runAlone } from '../backends/http/flights.ts';
import type { Clock } from '../shared/clock.ts';
import { Limiter } from '../shared/limiter.ts';
import type { GuildRead, JobApi } from './job-api.ts';

export interface GuildReadsOptions {
  readonly api: Pick<JobApi, 'readJob'>;
  readonly clock: Clock;
  /** Reads that one server may ask for within a minute. */
  readonly perMinute: number;
}

const MINUTE_MS = 60_000;
const ENDPOINT = 'readJob';
/** Reads that members have asked for and that are under way at the same time. */
const READS_AT_ONCE = 12;
/** Those of one server: others find some turns free. */
const READS_AT_ONCE_PER_GUILD = 8;

/** A minute of a server, from its first read. */
interface Minute {
  readonly beganAt: number;
  reads: number;
}

/** What members look up at the API: so much a minute for each server, and servers take turns. Polls are not counted. */
export class GuildReads {
  readonly #options: GuildReadsOptions;
  readonly #minutes = new Map<string, Minute>();
  readonly #turns = new Limiter(READS_AT_ONCE, { perTenant: READS_AT_ONCE_PER_GUILD });

  constructor(options: GuildReadsOptions) {
    this.#options = options;
  }

  /** Rejects with a `ReadLimitError`, without asking the API, where the server has asked too often. */
  readonly read: GuildRead = async (guildId, jobid, { deadlineMs }) => {
    this.#count(guildId);
    const { api, clock } = this.#options;
    const endsAt = clock.monotonicMs() + deadlineMs;
    return runAlone(clock, { endpoint: ENDPOINT, deadlineMs }, ({ signal }) =>
      this.#turns.run(() => api.readJob(jobid, { deadlineMs: endsAt - clock.monotonicMs() }), {
        tenant: guildId,
        signal,
      }),
    );
  };

  #count(guildId: string): void {
    const now = this.#options.clock.monotonicMs();
    const minute = this.#minutes.get(guildId) ?? this.#begin(guildId, now);
    const leftMs = minute.beganAt + MINUTE_MS - now;
    if (leftMs <= 0) this.#begin(guildId, now).reads = 1;
    else if (minute.reads < this.#options.perMinute) minute.reads += 1;
    else throw new ReadLimitError({ endpoint: ENDPOINT, retryAfterMs: leftMs });
  }

  /** Forgets the minutes that are over, so that no server is kept for ever. */
  #begin(guildId: string, now: number): Minute {
    for (const [other, { beganAt }] of this.#minutes) {
      if (beganAt + MINUTE_MS <= now) this.#minutes.delete(other);
    }
    const minute = { beganAt: now, reads: 0 };
    this.#minutes.set(guildId, minute);
    return minute;
  }
}
