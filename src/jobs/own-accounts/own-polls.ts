import type { OwnAccount } from '../../backends/accounts/accounts.ts';
import { qualify } from '../../backends/accounts/job-ids.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { JobWatcher } from '../job-watcher.ts';

export interface OwnPollsOptions {
  readonly watcher: Pick<JobWatcher, 'look'>;
  /** Milliseconds between two looks at an account. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

/** An account that is looked at. */
interface Round {
  readonly account: OwnAccount;
  readonly stopping: AbortController;
  readonly over: Promise<void>;
  /** The look that is under way; asked again meanwhile, it is not made twice. */
  look?: Promise<void>;
}

/** How much sooner or later a look may be, as a part of the interval: what began together drifts apart. */
const JITTER = 0.1;

/**
 * Looks at each server's own account in a round of its own, begun at a random moment of the interval: many accounts
 * are asked one after the other, and one that is slow or dead holds up nobody.
 */
export class OwnPolls {
  readonly #options: Required<OwnPollsOptions>;
  readonly #rounds = new Map<string, Round>();
  readonly #start = Promise.withResolvers<void>();

  constructor(options: OwnPollsOptions) {
    this.#options = { random: Math.random, ...options };
  }

  /** Lets the rounds begin. */
  start(): void {
    this.#start.resolve();
  }

  /** Begins the round of an account, once all may begin. */
  add(account: OwnAccount): void {
    const stopping = new AbortController();
    const round: Round = { account, stopping, over: Promise.resolve().then(() => this.#go(round)) };
    this.#rounds.set(account.id, round);
  }

  /** Ends the round of an account; resolves when nothing of it is under way. */
  async remove(accountId: string): Promise<void> {
    const round = this.#rounds.get(accountId);
    this.#rounds.delete(accountId);
    round?.stopping.abort();
    await round?.over;
    await round?.look;
  }

  /** Looks at all of them at once; resolves when that is done. */
  async lookAtAll(): Promise<void> {
    await Promise.all([...this.#rounds.values()].map((round) => this.#look(round)));
  }

  /** Ends all rounds; resolves when nothing is under way. */
  async stop(): Promise<void> {
    await Promise.all([...this.#rounds.keys()].map((accountId) => this.remove(accountId)));
  }

  async #go(round: Round): Promise<void> {
    const { everyMs, clock, random } = this.#options;
    const { signal } = round.stopping;
    await Promise.race([this.#start.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
    let waitMs = everyMs * random();
    while (!signal.aborted) {
      await clock.sleep(waitMs, signal).catch(() => undefined);
      if (!signal.aborted) await this.#look(round);
      waitMs = everyMs * (1 + JITTER * (2 * random() - 1));
    }
  }

  /** Never rejects: what the store did not take is read again at the next look. */
  #look(round: Round): Promise<void> {
    round.look ??= this.#lookOnce(round.account).finally(() => delete round.look);
    return round.look;
  }

  async #lookOnce({ id, backend }: OwnAccount): Promise<void> {
    const { watcher, logger } = this.#options;
    const boards = backend.boards.map((board) => qualify(id, board));
    try {
      await watcher.look(boards, id);
    } catch (thrown) {
      logger.warn({ account: id, error: toErrorMessage(thrown) }, 'A look at a server’s own account failed.');
    }
  }
}
