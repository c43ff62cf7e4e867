/** One Midjourney channel of the account. */
export interface ApiChannelState {
  readonly apiChannel: string;
  /** Jobs of one version that may run at once. */
  readonly maxJobs: number;
  /** Takes no jobs until reset: submits answer 596. */
  readonly isBlocked: boolean;
}

/** The account's channels in their configured order. */
export class Channels {
  readonly #channels = new Map<string, ApiChannelState>();
  #defaultMaxJobs: number;

  constructor(apiChannels: readonly string[], maxJobs: number) {
    this.#defaultMaxJobs = maxJobs;
    for (const apiChannel of apiChannels) this.ensure(apiChannel);
  }

  list(): readonly ApiChannelState[] {
    return [...this.#channels.values()];
  }

  find(apiChannel: string): ApiChannelState | undefined {
    return this.#channels.get(apiChannel);
  }

  ensure(apiChannel: string): ApiChannelState {
    const known = this.#channels.get(apiChannel);
    if (known !== undefined) return known;
    const made = { apiChannel, maxJobs: this.#defaultMaxJobs, isBlocked: false };
    this.#channels.set(apiChannel, made);
    return made;
  }

  /** Without `apiChannel`: all channels, also those to come. */
  setMaxJobs(maxJobs: number, apiChannel?: string): void {
    if (apiChannel === undefined) this.#defaultMaxJobs = maxJobs;
    const targets = apiChannel === undefined ? this.list() : [this.ensure(apiChannel)];
    for (const channel of targets) this.#channels.set(channel.apiChannel, { ...channel, maxJobs });
  }

  setBlocked(apiChannel: string, isBlocked: boolean): void {
    this.#channels.set(apiChannel, { ...this.ensure(apiChannel), isBlocked });
  }
}
