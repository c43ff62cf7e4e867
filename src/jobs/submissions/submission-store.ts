import { z } from 'zod';
import { isSameAccount, unqualify } from '../../backends/accounts/job-ids.ts';
import { toOwnerGuildId } from '../../backends/accounts/own-id.ts';
import type { Clock } from '../../shared/clock.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import type { Job } from '../job.ts';
import type { JobClaims, JobOrigin, UnclaimedJob } from '../job-claims.ts';
import { toLabelHash } from '../label-hash.ts';
import { EchoedReferences } from './echoed-references.ts';
import { toBoard } from './lost-answers.ts';
import { isPressSubmission, type PressWork, Submission, toOrigin } from './submission.ts';
import { UnansweredSubmissions } from './unanswered-submissions.ts';

const SUBMISSION_TTL_MS = 62 * 24 * 60 * 60 * 1000;

const SubmissionMark = z.object({ id: z.string(), askedAt: z.number() });
type SubmissionMark = z.infer<typeof SubmissionMark>;
const Pressed = z.object({
  /** By hash of the label: the submission that pressed it last, and the last one that made a job. */
  labels: z.record(z.string(), z.object({ last: SubmissionMark, made: SubmissionMark.exactOptional() })),
});
type Pressed = z.infer<typeof Pressed>;
/**
 * Stands before the paid POST of a press: at most one submission follows each earlier submission on a button, whichever
 * process begins it.
 */
const Fence = z.object({ actId: z.string() });
type Fence = z.infer<typeof Fence>;
/** Stands for a submission until its outcome has been reported to its requester. */
const OpenMark = z.object({
  askedAt: z.number(),
  /** Whether it was reported to the requester that it may be running. */
  isDoubtTold: z.boolean().exactOptional(),
});
type OpenMark = z.infer<typeof OpenMark>;

/** A submission that has not ended, or whose outcome was not reported yet. */
export interface PendingSubmission {
  readonly submission: Submission;
  readonly isDoubtTold: boolean;
}

/** The last submission on a button, and the last one that made a job. */
export interface PressTrace {
  readonly last?: Submission;
  readonly made?: Submission;
}

/** Intents and their outcomes, by id; presses can be found by job and label too. */
export class SubmissionStore implements JobClaims {
  readonly #store: Store;
  readonly #submissions: Collection<Submission>;
  readonly #open: Collection<OpenMark>;
  readonly #pressed: Collection<Pressed>;
  readonly #fences: Collection<Fence>;
  readonly #unanswered: UnansweredSubmissions;
  readonly echoed = new EchoedReferences();
  readonly #lock = new KeyedLock();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#unanswered = new UnansweredSubmissions(clock, this.echoed);
    this.#submissions = store.collection('acts', Submission, { ttlMs: SUBMISSION_TTL_MS });
    this.#open = store.collection('open-acts', OpenMark, { ttlMs: SUBMISSION_TTL_MS });
    this.#pressed = store.collection('pressed', Pressed, { ttlMs: SUBMISSION_TTL_MS });
    this.#fences = store.collection('press-fences', Fence, { ttlMs: SUBMISSION_TTL_MS });
  }

  async load(): Promise<void> {
    for (const { submission } of await this.pending()) this.#unanswered.note(submission);
  }

  mayHaveMade(job: UnclaimedJob): boolean {
    return this.#unanswered.mayHaveMade(job);
  }

  /** Whether a submission of this server has no answer yet, or lost it a short while ago. */
  hasUnanswered(guildId: string): boolean {
    return this.#unanswered.hasAnyOf(guildId);
  }

  noteEcho(job: Job): void {
    this.echoed.note(job);
  }

  get(id: string): Promise<Submission | undefined> {
    return this.#submissions.get(id);
  }

  /**
   * Stores a submission. From before it is stored until `noteReported` it can be found after a crash, also when it has
   * ended.
   */
  put(submission: Submission): Promise<void> {
    return this.#lock.run(submission.id, async () => {
      await this.#store.transaction((transaction) => this.#put(submission, transaction));
      this.#unanswered.note(submission);
    });
  }

  /**
   * Stores a new submission, unless another process was faster: a prompt once per request, a press once after each
   * earlier submission on its button. Returns whether it was stored; nothing may be sent where it was not.
   * @param follows Of a press: the last submission on its button
   */
  begin(submission: Submission, follows?: string): Promise<boolean> {
    return this.#putIf(submission, async (transaction) => {
      if (!isPressSubmission(submission))
        return (await this.#submissions.within(transaction).get(submission.id)) === undefined;
      const key = toFenceKey(submission.work, follows);
      return this.#fences.within(transaction).insertIfAbsent(key, { actId: submission.id });
    });
  }

  /**
   * Stores that a submission that waited is being sent, unless it waits no longer. Returns whether it was stored;
   * nothing may be sent where it was not.
   */
  claim(submission: Submission): Promise<boolean> {
    return this.#putIf(submission, async (transaction) => {
      return (await this.#submissions.within(transaction).get(submission.id))?.state === 'waiting';
    });
  }

  /** The submission that `begin` stored after another one on the same button. */
  async followerOf(work: PressWork, follows: string | undefined): Promise<Submission | undefined> {
    const fence = await this.#fences.get(toFenceKey(work, follows));
    return fence === undefined ? undefined : this.#submissions.get(fence.actId);
  }

  #putIf(submission: Submission, mayPut: (transaction: Transaction) => Promise<boolean>): Promise<boolean> {
    return this.#lock.run(submission.id, async () => {
      const isPut = await this.#store.transaction(async (transaction) => {
        if (!(await mayPut(transaction))) return false;
        await this.#put(submission, transaction);
        return true;
      });
      if (isPut) this.#unanswered.note(submission);
      return isPut;
    });
  }

  async #put(submission: Submission, transaction: Transaction): Promise<void> {
    const mark = { askedAt: submission.askedAt };
    if (submission.state === 'waiting' || submission.state === 'sending')
      await this.#open.within(transaction).set(submission.id, mark);
    await this.#submissions.within(transaction).set(submission.id, submission);
    await this.#notePress(submission, transaction);
  }

  /** Notes that the requester knows what came of a submission; with `isDoubt`, no more than that it may be running. */
  noteReported(id: string, isDoubt: boolean): Promise<void> {
    return this.#lock.run(id, async () => {
      const submission = await this.#submissions.get(id);
      if (submission?.state === 'waiting' || submission?.state === 'sending') return;
      if (submission?.state === 'unknown') await this.#open.set(id, { askedAt: submission.askedAt, isDoubtTold: true });
      else if (!isDoubt) await this.#open.delete(id);
    });
  }

  /** Submissions that have not ended or were not reported, oldest first. */
  async pending(): Promise<PendingSubmission[]> {
    const marks = new Map<string, OpenMark>();
    for await (const [id, mark] of this.#open.entries()) marks.set(id, mark);
    const submissions = (await this.#submissions.getMany([...marks.keys()])).filter(
      (submission) => submission !== undefined,
    );
    return submissions
      .sort((a, b) => a.askedAt - b.askedAt)
      .map((submission) => ({ submission, isDoubtTold: marks.get(submission.id)?.isDoubtTold === true }));
  }

  /** Looks for this submission no more at later starts. */
  async giveUp(id: string): Promise<void> {
    await this.#open.delete(id);
  }

  async tracePress(ref: string, label: string): Promise<PressTrace> {
    const known = (await this.#pressed.get(ref))?.labels[toLabelHash(label)];
    if (known === undefined) return {};
    const [last, made] = await this.#submissions.getMany([known.last.id, known.made?.id ?? known.last.id]);
    return { ...(last && { last }), ...(known.made && made && { made }) };
  }

  /** For each button of a job that was pressed here: the submission that made a job of it, else the last one. */
  async pressesOf(ref: string): Promise<Submission[]> {
    const labels = Object.values((await this.#pressed.get(ref))?.labels ?? {});
    const submissions = await this.#submissions.getMany(labels.map(({ last, made }) => (made ?? last).id));
    return submissions.filter((submission) => submission !== undefined);
  }

  async originOf(replyRef: string, board: string): Promise<JobOrigin | 'elsewhere' | undefined> {
    const submission = SUBMISSION_ID.test(replyRef) ? await this.#submissions.get(replyRef) : undefined;
    if (submission === undefined) return undefined;
    // What the operator's accounts say is believed; the id of one may change.
    const isOwn = toOwnerGuildId(unqualify(board).accountId ?? '') !== undefined;
    return isOwn && !isSameAccount(toBoard(submission), board) ? 'elsewhere' : toOrigin(submission);
  }

  async #notePress(submission: Submission, transaction: Transaction): Promise<void> {
    if (!isPressSubmission(submission)) return;
    const { ref, label } = submission.work;
    const hash = toLabelHash(label);
    const own = { id: submission.id, askedAt: submission.askedAt };
    await this.#pressed.within(transaction).update(ref, ({ labels } = { labels: {} }) => {
      const last = toLater(labels[hash]?.last, own);
      const made = submission.childRef === undefined ? labels[hash]?.made : toLater(labels[hash]?.made, own);
      return { labels: { ...labels, [hash]: { last, ...(made && { made }) } } };
    });
  }
}

/** A submission whose job turns up late does not take the place of one that came after it. */
function toLater(known: SubmissionMark | undefined, own: SubmissionMark): SubmissionMark {
  return known !== undefined && known.askedAt > own.askedAt ? known : own;
}

function toFenceKey({ jobid, label }: PressWork, follows = 'first'): string {
  return `press/${jobid}/${toLabelHash(label)}/${follows}`;
}

const SUBMISSION_ID = /^a[0-9a-f]{15}$/;
