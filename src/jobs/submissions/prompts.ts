import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { GuildAccounts } from '../guild-accounts.ts';
import type { Job } from '../job.ts';
import { type Place, type Submission, type SubmitPictures, type SubmitWork, toSubmissionId } from './submission.ts';
import type { SubmissionResult } from './submission-result.ts';
import type { SubmissionRunner } from './submission-runner.ts';
import type { SubmissionStore } from './submission-store.ts';
import type { WaitingCancelOutcome, WaitingLine } from './waiting-line.ts';
import { submissionProblemWords } from './words.ts';

export interface SubmitRequest {
  /** At most 5,000 characters. */
  readonly prompt: string;
  /** Sent instead of the prompt, which names what was asked for then. */
  readonly pictures?: SubmitPictures;
  /** The key of the account that is to make it; the server's first one that takes it without. */
  readonly account?: string;
  /** Without it the API chooses. */
  readonly apiChannel?: string;
  readonly guildId: string;
  readonly userId: string;
  /** Names the request, such as the interaction's id: the same key again, also after a restart, sends nothing again. */
  readonly key: string;
  readonly place?: Place;
}

export interface SubmitAgainRequest {
  /** `key` of the outcome that said `may-be-running`. */
  readonly key: string;
  readonly guildId: string;
  readonly userId: string;
  /** Names this request. */
  readonly requestId?: string;
  readonly place?: Place;
}

/**
 * What came of a submit; failures that are nobody's choice are thrown as `UserError`. `key` names it from here on
 * (sixteen letters and digits, fit for a custom id).
 * - `accepted`: `job` is new; v3 may still moderate it within seconds, which the tracker reports.
 * - `found`: the answer was lost, and `job` had been made after all.
 * - `queued`: all slots are taken; waits its turn.
 * - `in-progress`: this very submit is being sent.
 * - `refused`: Midjourney did not take it; `reason` is outside text.
 * - `may-be-running`: the answer was lost and no job was found; Try again is `submitAgain(key)`.
 * - `cancelled`: its member cancelled it while it waited.
 */
export type SubmitOutcome = { readonly key: string } & (
  | { readonly outcome: 'accepted' | 'found'; readonly job: Job }
  | { readonly outcome: 'queued'; readonly position: number }
  | { readonly outcome: 'refused'; readonly reason: string; readonly job?: Job }
  | { readonly outcome: 'may-be-running'; readonly reason: string }
  | { readonly outcome: 'in-progress' | 'cancelled' }
);

export interface PromptsOptions {
  readonly submissionStore: SubmissionStore;
  readonly runner: SubmissionRunner;
  readonly line: WaitingLine;
  readonly clock: Clock;
  readonly accounts: Pick<GuildAccounts, 'submitBoardOf'>;
  /** Whether that board takes pictures instead of a prompt; default: it does. */
  readonly takesPictures?: (board: string) => boolean;
}

const MAX_PROMPT = 5_000;

/** Starts jobs from prompts: one request, one paid job. */
export class Prompts {
  readonly #options: PromptsOptions;
  readonly #lock = new KeyedLock();

  constructor(options: PromptsOptions) {
    this.#options = options;
  }

  /** @throws UserError where the API refuses (400, 401, 402, 404; `ApiChannelBlockedError` for 596). */
  async submit(request: SubmitRequest): Promise<SubmitOutcome> {
    const { prompt, pictures, apiChannel, guildId, userId, key, place } = request;
    const text = prompt.trim();
    if (text === '' || text.length > MAX_PROMPT)
      throw new UserError('prompt-invalid', submissionProblemWords.badPrompt(MAX_PROMPT));
    const board = this.#requireBoard(request);
    const work: SubmitWork = { kind: 'submit', prompt: text, board, ...compact({ pictures, apiChannel }) };
    const submission = { guildId, userId, work, requestId: key, ...compact({ place }) };
    return this.#submit(toSubmissionId(`${guildId} ${key}`), submission);
  }

  /**
   * Sends a submit of unknown outcome once more, on purpose, unless its job is found after all; asked twice, sends
   * once.
   */
  async submitAgain({ key, guildId, userId, requestId, place }: SubmitAgainRequest): Promise<SubmitOutcome> {
    const { submissionStore, runner } = this.#options;
    const before = await submissionStore.get(key);
    if (before?.guildId !== guildId || before.work.kind !== 'submit')
      throw new UserError('submit-unknown', submissionProblemWords.submitForgotten);
    const asked = compact({ requestId, place });
    const submission = { guildId, userId, work: before.work, ...asked };
    if (before.againId !== undefined) return this.#submit(before.againId, submission);
    if (before.state === 'unknown') {
      const looked = await runner.lookFor(before);
      if (looked.outcome !== 'may-be-running') return this.#toOutcome(before, looked);
    }
    if (before.state !== 'unknown') return this.#recall(key);
    const againId = await this.#lock.run(`again ${key}`, () => this.#noteAgain(key));
    return againId === undefined ? this.#recall(key) : this.#submit(againId, submission);
  }

  /** What a submit of this server asked for. @throws UserError where nothing is known of it */
  async promptOf(key: string, guildId: string): Promise<string> {
    const submission = await this.#options.submissionStore.get(key);
    if (submission?.guildId !== guildId || submission.work.kind !== 'submit')
      throw new UserError('submit-unknown', submissionProblemWords.submitForgotten);
    return submission.work.prompt;
  }

  /** A submission of this server, as it stands. */
  async find(key: string, guildId: string): Promise<Submission | undefined> {
    const submission = await this.#options.submissionStore.get(key);
    return submission?.guildId === guildId ? submission : undefined;
  }

  /** Who waits under this key in this server. */
  requesterOf(key: string, guildId: string): string | undefined {
    return this.#options.line.requesterOf(key, guildId);
  }

  cancel(key: string, guildId: string): Promise<WaitingCancelOutcome> {
    return this.#options.line.cancel(key, guildId);
  }

  #requireBoard({ guildId, account, pictures }: SubmitRequest): string {
    const { accounts, takesPictures = () => true } = this.#options;
    const board = accounts.submitBoardOf(guildId, { account, hasPictures: pictures !== undefined });
    if (board === undefined)
      throw new UserError(
        'no-account',
        account === undefined ? submissionProblemWords.noAccount : submissionProblemWords.takesNone,
      );
    if (pictures !== undefined && !takesPictures(board))
      throw new UserError('pictures-refused', submissionProblemWords.noPictures);
    return board;
  }

  async #submit(
    id: string,
    request: Pick<Submission, 'guildId' | 'userId' | 'work' | 'requestId' | 'place'>,
  ): Promise<SubmitOutcome> {
    const { submissionStore, runner, line, clock } = this.#options;
    const next = await this.#lock.run(id, async () => {
      if ((await submissionStore.get(id)) !== undefined) return 'known';
      const when = { askedAt: clock.now(), turn: line.nextTurn() };
      const submission: Submission = { id, state: 'waiting', ...request, ...when, hasWaited: false };
      return (await (line.isBusy(submission) ? line.enter(submission) : runner.begin(submission))) ?? 'taken';
    });
    if (next === 'known') return this.#recall(id);
    if (next === 'taken') return { key: id, outcome: 'in-progress' };
    if (next.state === 'waiting') return { outcome: 'queued', ...line.linePositionOf(next) };
    return this.#toOutcome(next, await runner.send(next));
  }

  /** What is known of a submit that was made before. */
  async #recall(id: string): Promise<SubmitOutcome> {
    const { submissionStore, runner, line } = this.#options;
    const submission = await submissionStore.get(id);
    if (submission === undefined) throw new UserError('submit-unknown', submissionProblemWords.submitForgotten);
    if (submission.state === 'cancelled') return { key: id, outcome: 'cancelled' };
    if (submission.state === 'waiting') return { outcome: 'queued', ...line.linePositionOf(submission) };
    if (runner.isInFlight(id)) return { key: id, outcome: 'in-progress' };
    return this.#toOutcome(submission, await runner.lookFor(submission));
  }

  /** Names the submission that repeats another one; the same for all who ask. */
  async #noteAgain(key: string): Promise<string | undefined> {
    const { submissionStore } = this.#options;
    const submission = await submissionStore.get(key);
    if (submission?.state !== 'unknown') return undefined;
    const againId = submission.againId ?? toSubmissionId(`${key} again`);
    if (submission.againId === undefined) await submissionStore.put({ ...submission, againId });
    return againId;
  }

  async #toOutcome(submission: Submission, result: SubmissionResult): Promise<SubmitOutcome> {
    const key = submission.id;
    switch (result.outcome) {
      case 'made':
      case 'existing':
        return { key, outcome: 'accepted', job: result.job };
      case 'found':
        return { key, outcome: 'found', job: result.job };
      case 'busy':
        return { outcome: 'queued', ...this.#options.line.join(submission, result.retryAfterMs) };
      case 'failed':
        throw result.error;
      default:
        return { key, ...result };
    }
  }
}
