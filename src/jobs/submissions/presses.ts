import { UseapiError } from '../../backends/errors.ts';
import type { Clock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import { toUserError } from '../api-problems.ts';
import { isFinal, isVisibleTo, type Job } from '../job.ts';
import type { JobActions } from '../job-actions.ts';
import { toJobEvent } from '../job-events.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import { toLabelHash } from '../label-hash.ts';
import { type EarlierPress, toEarlier } from './earlier-press.ts';
import { toPressAct } from './press-act.ts';
import { type ButtonNeed, decidePress, type MadeChild, needsOf, type PressDecision } from './press-rules.ts';
import { type Act, isOpenAct, type Place } from './submission.ts';
import type { ActApi } from './submission-api.ts';
import type { ActResult } from './submission-result.ts';
import type { ActRunner } from './submission-runner.ts';
import type { ActStore } from './submission-store.ts';
import type { WaitingLine } from './waiting-line.ts';

export interface PressRequest {
  /** Of the job whose button it is. */
  readonly ref: string;
  /** The hash stands on components; both are looked up among the job's own `buttons`. */
  readonly button: { readonly label: string } | { readonly labelHash: string };
  readonly prompt?: string;
  /** Base64 PNG, as `toMask` makes it. */
  readonly mask?: string;
  readonly guildId: string;
  readonly userId: string;
  /** Whether the person was told of an earlier press and wants another job all the same. */
  readonly isConfirmed?: boolean;
  /** `id` of the earlier press that the person was told of: the confirmation holds for one job, however often it is sent. */
  readonly confirms?: string;
  /** Names the wish, such as the interaction's id. */
  readonly wishId?: string;
  readonly place?: Place;
}

/**
 * What came of a press; failures that are nobody's choice are thrown as `UserError`.
 * - `pressed`: `job` is new and paid for.
 * - `existing`: U1–U4 was done before; `job` is what came of it.
 * - `existing-elsewhere`: U1–U4 was done before, and what came of it belongs to another server.
 * - `found`: an earlier press, or this one, whose answer was lost, had made `job` after all.
 * - `already-pressed`: somebody's press is under way or was made a moment ago.
 * - `confirm-repeat`: was pressed before (`previous` where by the bot); ask, then press with `isConfirmed` and `confirms`.
 * - `may-be-running`: the answer was lost and no job was found; Try again is a press with `isConfirmed` and `confirms`.
 * - `queued`: all slots are taken; waits its turn under `key`.
 * - `refused`: Midjourney did not take it; `reason` is outside text.
 */
export type PressOutcome = {
  readonly label: string;
  /** Of the act whose end, or doubt, this tells its requester. */
  readonly actId?: string;
} & (
  | { readonly outcome: 'pressed' | 'existing'; readonly job: Job }
  /** `isEarlier`: an earlier press made it, and nothing was sent now. */
  | { readonly outcome: 'found'; readonly job: Job; readonly isEarlier: boolean }
  | { readonly outcome: 'existing-elsewhere' }
  | ({ readonly outcome: 'already-pressed' } & EarlierPress)
  | { readonly outcome: 'confirm-repeat'; readonly previous?: EarlierPress }
  | {
      readonly outcome: 'may-be-running';
      readonly reason: string;
      readonly previous: EarlierPress;
      readonly isEarlier: boolean;
    }
  | { readonly outcome: 'queued'; readonly key: string; readonly position: number }
  | { readonly outcome: 'refused'; readonly reason: string; readonly job?: Job }
  | { readonly outcome: 'incomplete'; readonly needs: Exclude<ButtonNeed, 'nothing'> }
);

/** What is known of a button that was pressed in this server. */
export interface UsedButton extends EarlierPress {
  readonly label: string;
  readonly by: string;
}

/** A press whose intent is stored; one that is not sent waits in the line. */
interface Begun {
  readonly act: Act;
  readonly isSent: boolean;
}

export interface PressesOptions {
  readonly api: ActApi;
  readonly actions: JobActions;
  readonly jobs: JobStore;
  readonly tracker: JobTracker;
  readonly acts: ActStore;
  readonly runner: ActRunner;
  readonly line: WaitingLine;
  readonly clock: Clock;
}

const NO_BUTTON = 'This job has no such button any more. Refresh its card to see the ones it has.';
const UNREADABLE =
  'An earlier press of this button may have made a job, and the API cannot be asked for it now. Try again in a minute.';

/** Presses a job's buttons: one press, one paid job, whoever presses, however often, whatever is lost on the way. */
export class Presses {
  readonly #options: PressesOptions;
  readonly #lock = new KeyedLock();

  constructor(options: PressesOptions) {
    this.#options = options;
  }

  /** @throws UserError for an unknown job or button, and where the API refuses (401, 402, 404, 410; `ApiChannelBlockedError` for 596). */
  async press(request: PressRequest): Promise<PressOutcome> {
    const { job, label } = await this.#findButton(request);
    const needs = needsOf(label);
    const hasAll = needs === 'nothing' || (request[needs] ?? '') !== '';
    if (!hasAll) return { label, outcome: 'incomplete', needs };
    const first = await this.#decide(request, job, label, false);
    if ('act' in first || first.kind !== 'look') return this.#answer(request, label, first);
    const looked = await this.#options.runner.lookFor(first.last);
    const isOwn = first.last.guildId === request.guildId;
    if (looked.outcome !== 'may-be-running' && isOwn) return this.#toEarlierOutcome(request, label, first.last, looked);
    const again = await this.#options.jobs.get(job.ref);
    return this.#answer(request, label, await this.#decide(request, again ?? job, label, true), reasonOf(looked));
  }

  /** What an earlier press has made after all; who made that one is told too. */
  async #toEarlierOutcome({ userId }: PressRequest, label: string, act: Act, looked: ActResult): Promise<PressOutcome> {
    const outcome = await this.#toOutcome(label, act, looked, true);
    if (act.userId === userId) return outcome;
    if (looked.outcome === 'found') this.#options.runner.tellFound(act, looked.job);
    const { actId: _, ...told } = outcome;
    return told;
  }

  /** By label, for the job's card: whose press made a job last, or is under way. Nothing tells of what was made in other servers. */
  async usedButtons(ref: string, guildId: string): Promise<ReadonlyMap<string, UsedButton>> {
    const used = new Map<string, UsedButton>();
    for (const act of await this.#options.acts.pressesOf(ref)) {
      const { work, state } = act;
      const isUsed = act.guildId === guildId && (isOpenAct(act) || state === 'done');
      if (work.kind !== 'press' || !isUsed) continue;
      used.set(work.label, { label: work.label, ...toEarlier(act, guildId), by: act.userId });
    }
    return used;
  }

  /** Decides under the button's lock and, where it is to be sent, stores the intent before the lock is given up. */
  #decide(request: PressRequest, job: Job, label: string, wasLookedFor: boolean): Promise<PressDecision | Begun> {
    const { acts, runner, clock } = this.#options;
    return this.#lock.run(`${job.ref} ${label}`, async () => {
      let trace = await acts.tracePress(job.ref, label);
      for (;;) {
        const decision = decidePress({
          label,
          trace,
          isInFlight: trace.last !== undefined && runner.isInFlight(trace.last.id),
          wasLookedFor,
          isConfirmed: request.isConfirmed === true,
          confirms: request.confirms,
          children: await this.#childrenOf(job, label, trace.made),
          now: clock.now(),
        });
        if (decision.kind !== 'send') return decision;
        const begun = await this.#begin(request, job, label, trace.last);
        if ('act' in begun) return begun;
        const { faster } = begun;
        if (faster.state === 'waiting' || faster.state === 'sending') return { kind: 'already-pressed', last: faster };
        trace = { ...trace, last: faster };
      }
    });
  }

  /** Stores the intent of a press that follows `last`, unless another process was faster. */
  async #begin(
    request: PressRequest,
    job: Job,
    label: string,
    last: Act | undefined,
  ): Promise<Begun | { readonly faster: Act }> {
    const { acts, runner, clock, line } = this.#options;
    // Later than the last press of the button, also where the clock was set back since.
    const askedAt = Math.max(clock.now(), (last?.askedAt ?? 0) + 1);
    const { act, work } = toPressAct(request, job, label, { askedAt, turn: line.nextTurn() });
    const isSent = !line.isBusy(act);
    const begun = isSent ? await runner.begin(act, last?.id) : await line.enter(act, last?.id);
    if (begun !== undefined) return { act: begun, isSent };
    const faster = await acts.followerOf(work, last?.id);
    if (faster === undefined) throw new UserError('press-failed', UNREADABLE);
    return { faster };
  }

  async #answer(
    { guildId }: PressRequest,
    label: string,
    decision: PressDecision | Begun,
    reason = UNREADABLE,
  ): Promise<PressOutcome> {
    const { runner, line } = this.#options;
    if ('act' in decision) {
      if (!decision.isSent) return { label, outcome: 'queued', ...line.placeOf(decision.act) };
      return this.#toOutcome(label, decision.act, await runner.send(decision.act));
    }
    switch (decision.kind) {
      case 'existing':
        return toExisting(label, await this.#readChild(decision.jobid), guildId);
      case 'already-pressed':
        return { label, outcome: 'already-pressed', ...toEarlier(decision.last, guildId) };
      case 'confirm':
        return {
          label,
          outcome: 'confirm-repeat',
          ...(decision.last && { previous: toEarlier(decision.last, guildId) }),
        };
      case 'look':
      case 'missing':
        return {
          label,
          outcome: 'may-be-running',
          reason,
          previous: toEarlier(decision.last, guildId),
          isEarlier: true,
        };
      case 'send':
        throw new UserError('press-failed', UNREADABLE);
    }
  }

  async #toOutcome(label: string, act: Act, result: ActResult, isEarlier = false): Promise<PressOutcome> {
    const actId = act.id;
    switch (result.outcome) {
      case 'made':
        return { label, actId, outcome: 'pressed', job: result.job };
      case 'existing':
        return { actId, ...toExisting(label, result.job, act.guildId) };
      case 'found':
        return { label, actId, outcome: 'found', job: result.job, isEarlier };
      case 'may-be-running':
        return { label, actId, ...result, previous: toEarlier(act, act.guildId), isEarlier };
      case 'refused':
        return { label, actId, ...result };
      case 'busy':
        return { label, outcome: 'queued', ...(await this.#options.line.join(act, result.retryAfterMs)) };
      case 'failed':
        throw result.error;
    }
  }

  /** The job and the label; reads the job where what is known of it does not show the button. */
  async #findButton({ ref, button, guildId }: PressRequest): Promise<{ readonly job: Job; readonly label: string }> {
    const { actions } = this.#options;
    const isMeant = (label: string) =>
      'label' in button ? label === button.label : toLabelHash(label) === button.labelHash;
    const { known } = await actions.resolve(ref, guildId);
    const label = known?.buttons.find(isMeant);
    if (known !== undefined && label !== undefined) return { job: known, label };
    const { job } = await actions.show(ref, guildId);
    const found = job.buttons.find(isMeant);
    if (found === undefined) throw new UserError('button-unknown', NO_BUTTON);
    return { job, label: found };
  }

  async #childrenOf(job: Job, label: string, made: Act | undefined): Promise<MadeChild[]> {
    const { jobs } = this.#options;
    const named = job.children.flatMap(({ jobid, button }) => (jobid !== undefined && button === label ? [jobid] : []));
    const own = made?.childRef === undefined ? undefined : await jobs.get(made.childRef);
    const jobids = new Set([...named, ...(own === undefined ? [] : [own.jobid])]);
    const children: MadeChild[] = [];
    for (const jobid of jobids) children.push({ jobid, hasFailed: hasFailed((await jobs.find(jobid)).job) });
    return children;
  }

  async #readChild(jobid: string): Promise<Job> {
    const { api, tracker, jobs } = this.#options;
    const { job } = await jobs.find(jobid);
    if (job?.isRead === true) return job;
    try {
      return await tracker.observe(await api.readJob(jobid), { isDecided: true });
    } catch (thrown) {
      if (thrown instanceof UseapiError && job !== undefined) return job;
      throw toUserError(thrown);
    }
  }
}

function hasFailed(job: Job | undefined): boolean {
  return job !== undefined && isFinal(job) && toJobEvent(job) !== 'completed';
}

function toExisting(label: string, job: Job, guildId: string): PressOutcome {
  return isVisibleTo(job, guildId) ? { label, outcome: 'existing', job } : { label, outcome: 'existing-elsewhere' };
}

function reasonOf(result: ActResult): string {
  return result.outcome === 'may-be-running' ? result.reason : UNREADABLE;
}
