import type { PostTarget } from './channel-poster.ts';
import type { ChannelState, ChannelStates } from './channel-state.ts';

/** One run at the head of a channel's queue group: the only one that may change the channel's state. */
export class ChannelTurn {
  readonly target: PostTarget;
  readonly signal: AbortSignal;
  readonly #states: ChannelStates;
  #state: ChannelState;

  private constructor(states: ChannelStates, target: PostTarget, signal: AbortSignal, state: ChannelState) {
    this.#states = states;
    this.target = target;
    this.signal = signal;
    this.#state = state;
  }

  static async start(states: ChannelStates, { guildId, channelId }: PostTarget, signal: AbortSignal) {
    return new ChannelTurn(states, { guildId, channelId }, signal, await states.get({ guildId, channelId }));
  }

  get state(): ChannelState {
    return this.#state;
  }

  async save(state: ChannelState): Promise<void> {
    this.signal.throwIfAborted();
    await this.#states.set(this.target, state);
    this.#state = state;
  }
}
