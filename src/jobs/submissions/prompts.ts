import type { ApiVersion } from '../../backends/api-job.ts';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Job } from '../job.ts';
import { type Act, type Place, type SubmitWork, toActId } from './submission.ts';
import type { ActResult } from './submission-result.ts';
import type { ActRunner } from './submission-runner.ts';
import type { ActStore } from './submission-store.ts';
import type { TakeBackOutcome, WaitingLine } from './waiting-line.ts';

export interface SubmitRequest {
  /** At most 5,000 characters. */
  readonly prompt: string;
  /** Without it the API chooses. */
  readonly apiChannel?: string;
  readonly guildId: string;
  readonly userId: string;
  /** Names the wish, such as the interaction's id: the same key again, also after a restart, sends nothing again. */
  readonly key: string;
  readonly place?: Place;
}

export interface SubmitAgainRequest {
  /** `key` of the outcome that said `may-be-running`. */
  readonly key: string;
  readonly guildId: string;
  readonly userId: string;
  /** Names this wish. */
  readonly wishId?: string;
  readonly place?: Place;
}

/**
 * What came of a submit; failures that are nobody's choice are thrown as `UserError`. `key` names it from here on (sixteen letters
 * and digits, fit for a custom id).
 * - `accepted`: `job` is new; v3 may still moderate it within seconds, which the tracker tells.
 * - `found`: the answer was lost, and `job` had been made after all.
 * - `queued`: all slots are taken; waits its turn.
 * - `in-progress`: this very submit is being sent.
 * - `refused`: Midjourney did not take it; `reason` is outside text.
 * - `may-be-running`: the answer was lost and no job was found; Try again is `submitAgain(key)`.
 * - `cancelled`: it was taken back while it waited.
 */
export type SubmitOutcome = { readonly key: string } & (
  | { readonly outcome: 'accepted' | 'found'; readonly job: Job }
  | { readonly outcome: 'queued'; readonly position: number }
  | { readonly outcome: 'refused'; readonly reason: string; readonly job?: Job }
  | { readonly outcome: 'may-be-running'; readonly reason: string }
  | { readonly outcome: 'in-progress' | 'cancelled' }
);

export interface SubmissionsOptions {
  readonly acts: ActStore;
  readonly runner: ActRunner;
  readonly line: WaitingLine;
  readonly clock: Clock;
  /** The version that takes submits: the first of the configured ones. */
  readonly version: ApiVersion;
}

const MAX_PROMPT = 5_000;
const BAD_PROMPT = `A prompt has 1 to ${MAX_PROMPT} characters. Write another one and try again.`;
const UNKNOWN_SUBMIT = 'Nothing is known of this submit any more. Start it anew with `/imagine`.';

/** Starts jobs from prompts: one wish, one paid job. */
export class Submissions {
  readonly #options: SubmissionsOptions;
  readonly #lock = new KeyedLock();

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  /** @throws UserError where the API refuses (400, 401, 402, 404; `ApiChannelBlockedError` for 596). */
  async submit({ prompt, apiChannel, guildId, userId, key, place }: SubmitRequest): Promise<SubmitOutcome> {
    const text = prompt.trim();
    if (text === '' || text.length > MAX_PROMPT) throw new UserError('prompt-invalid', BAD_PROMPT);
    const { version } = this.#options;
    const work: SubmitWork = { kind: 'submit', prompt: text, version, ...compact({ apiChannel }) };
    const wish = { guildId, userId, work, wishId: key, ...compact({ place }) };
    return this.#submit(toActId(`${guildId} ${key}`), wish);
  }

  /** Sends a submit of unknown outcome once more, on purpose, unless its job is found after all; asked twice, sends once. */
  async submitAgain({ key, guildId, userId, wishId, place }: SubmitAgainRequest): Promise<SubmitOutcome> {
    const { acts, runner } = this.#options;
    const before = await acts.get(key);
    if (before?.guildId !== guildId || before.work.kind !== 'submit')
      throw new UserError('submit-unknown', UNKNOWN_SUBMIT);
    const asked = compact({ wishId, place });
    const wish = { guildId, userId, work: before.work, ...asked };
    if (before.againId !== undefined) return this.#submit(before.againId, wish);
    if (before.state === 'unknown') {
      const looked = await runner.lookFor(before);
      if (looked.outcome !== 'may-be-running') return this.#toOutcome(before, looked);
    }
    if (before.state !== 'unknown') return this.#recall(key);
    const againId = await this.#lock.run(`again ${key}`, () => this.#noteAgain(key));
    return againId === undefined ? this.#recall(key) : this.#submit(againId, wish);
  }

  /** What a submit of this server asked for. @throws UserError where nothing is known of it */
  async promptOf(key: string, guildId: string): Promise<string> {
    const act = await this.#options.acts.get(key);
    if (act?.guildId !== guildId || act.work.kind !== 'submit') throw new UserError('submit-unknown', UNKNOWN_SUBMIT);
    return act.work.prompt;
  }

  /** An act of this server, as it stands. */
  async find(key: string, guildId: string): Promise<Act | undefined> {
    const act = await this.#options.acts.get(key);
    return act?.guildId === guildId ? act : undefined;
  }

  /** Who waits under this key in this server. */
  requesterOf(key: string, guildId: string): string | undefined {
    return this.#options.line.requesterOf(key, guildId);
  }

  cancel(key: string, guildId: string): Promise<TakeBackOutcome> {
    return this.#options.line.cancel(key, guildId);
  }

  async #submit(
    id: string,
    wish: Pick<Act, 'guildId' | 'userId' | 'work' | 'wishId' | 'place'>,
  ): Promise<SubmitOutcome> {
    const { acts, runner, line, clock } = this.#options;
    const next = await this.#lock.run(id, async () => {
      if ((await acts.get(id)) !== undefined) return 'known';
      const when = { askedAt: clock.now(), turn: line.nextTurn() };
      const act: Act = { id, state: 'waiting', ...wish, ...when, hasWaited: false };
      return (await (line.isBusy(act) ? line.enter(act) : runner.begin(act))) ?? 'taken';
    });
    if (next === 'known') return this.#recall(id);
    if (next === 'taken') return { key: id, outcome: 'in-progress' };
    if (next.state === 'waiting') return { outcome: 'queued', ...line.placeOf(next) };
    return this.#toOutcome(next, await runner.send(next));
  }

  /** What is known of a submit that was made before. */
  async #recall(id: string): Promise<SubmitOutcome> {
    const { acts, runner, line } = this.#options;
    const act = await acts.get(id);
    if (act === undefined) throw new UserError('submit-unknown', UNKNOWN_SUBMIT);
    if (act.state === 'cancelled') return { key: id, outcome: 'cancelled' };
    if (act.state === 'waiting') return { outcome: 'queued', ...line.placeOf(act) };
    if (runner.isInFlight(id)) return { key: id, outcome: 'in-progress' };
    return this.#toOutcome(act, await runner.lookFor(act));
  }

  /** Names the act that repeats another one; the same for all who ask. */
  async #noteAgain(key: string): Promise<string | undefined> {
    const { acts } = this.#options;
    const act = await acts.get(key);
    if (act?.state !== 'unknown') return undefined;
    const againId = act.againId ?? toActId(`${key} again`);
    if (act.againId === undefined) await acts.put({ ...act, againId });
    return againId;
  }

  async #toOutcome(act: Act, result: ActResult): Promise<SubmitOutcome> {
    const key = act.id;
    switch (result.outcome) {
      case 'made':
      case 'existing':
        return { key, outcome: 'accepted', job: result.job };
      case 'found':
        return { key, outcome: 'found', job: result.job };
      case 'busy':
        return { outcome: 'queued', ...this.#options.line.join(act, result.retryAfterMs) };
      case 'failed':
        throw result.error;
      default:
        return { key, ...result };
    }
  }
}
