import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import type { JobClaims, JobOrigin } from '../job-claims.ts';
import { toLabelHash } from '../label-hash.ts';
import { Act, isPressAct, type PressWork } from './submission.ts';
import { UnansweredActs } from './unanswered-submissions.ts';

const ACT_TTL_MS = 62 * 24 * 60 * 60 * 1000;

const ActMark = z.object({ id: z.string(), askedAt: z.number() });
type ActMark = z.infer<typeof ActMark>;
const Pressed = z.object({
  /** By hash of the label: the act that pressed it last, and the last one that made a job. */
  labels: z.record(z.string(), z.object({ last: ActMark, made: ActMark.exactOptional() })),
});
type Pressed = z.infer<typeof Pressed>;
/** Stands before the paid POST of a press: at most one act follows each earlier act on a button, whichever process begins it. */
const Fence = z.object({ actId: z.string() });
type Fence = z.infer<typeof Fence>;
/** Stands for an act until its requester has been told what came of it. */
const OpenMark = z.object({
  askedAt: z.number(),
  /** Whether the requester was told that it may be running. */
  isDoubtTold: z.boolean().exactOptional(),
});
type OpenMark = z.infer<typeof OpenMark>;

/** An act that has not ended, or of which the requester was not told yet. */
export interface PendingAct {
  readonly act: Act;
  readonly isDoubtTold: boolean;
}

/** The last act on a button, and the last one that made a job. */
export interface PressTrace {
  readonly last?: Act;
  readonly made?: Act;
}

/** Intents and their outcomes, by id; presses can be found by job and label too. */
export class ActStore implements JobClaims {
  readonly #store: Store;
  readonly #acts: Collection<Act>;
  readonly #open: Collection<OpenMark>;
  readonly #pressed: Collection<Pressed>;
  readonly #fences: Collection<Fence>;
  readonly #unanswered: UnansweredActs;
  readonly #lock = new KeyedLock();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#unanswered = new UnansweredActs(clock);
    this.#acts = store.collection('acts', Act, { ttlMs: ACT_TTL_MS });
    this.#open = store.collection('open-acts', OpenMark, { ttlMs: ACT_TTL_MS });
    this.#pressed = store.collection('pressed', Pressed, { ttlMs: ACT_TTL_MS });
    this.#fences = store.collection('press-fences', Fence, { ttlMs: ACT_TTL_MS });
  }

  async load(): Promise<void> {
    for (const { act } of await this.pending()) this.#unanswered.note(act);
  }

  mayHaveMade(job: Parameters<JobClaims['mayHaveMade']>[0]): boolean {
    return this.#unanswered.mayHaveMade(job);
  }

  get(id: string): Promise<Act | undefined> {
    return this.#acts.get(id);
  }

  /** Stores an act. From before it is stored until `noteTold` it can be found after a crash, also when it has ended. */
  put(act: Act): Promise<void> {
    return this.#lock.run(act.id, async () => {
      await this.#store.transaction((transaction) => this.#put(act, transaction));
      this.#unanswered.note(act);
    });
  }

  /**
   * Stores a new act, unless another process was faster: a prompt once per wish, a press once after each earlier act on its
   * button. Returns whether it was stored; nothing may be sent where it was not.
   * @param follows Of a press: the last act on its button
   */
  begin(act: Act, follows?: string): Promise<boolean> {
    return this.#putIf(act, async (transaction) => {
      if (!isPressAct(act)) return (await this.#acts.within(transaction).get(act.id)) === undefined;
      const key = toFenceKey(act.work, follows);
      return this.#fences.within(transaction).insertIfAbsent(key, { actId: act.id });
    });
  }

  /** Stores that an act that waited is being sent, unless it waits no longer. Returns whether it was stored; nothing may be sent where it was not. */
  claim(act: Act): Promise<boolean> {
    return this.#putIf(act, async (transaction) => {
      return (await this.#acts.within(transaction).get(act.id))?.state === 'waiting';
    });
  }

  /** The act that `begin` stored after another one on the same button. */
  async followerOf(work: PressWork, follows: string | undefined): Promise<Act | undefined> {
    const fence = await this.#fences.get(toFenceKey(work, follows));
    return fence === undefined ? undefined : this.#acts.get(fence.actId);
  }

  #putIf(act: Act, mayPut: (transaction: Transaction) => Promise<boolean>): Promise<boolean> {
    return this.#lock.run(act.id, async () => {
      const isPut = await this.#store.transaction(async (transaction) => {
        if (!(await mayPut(transaction))) return false;
        await this.#put(act, transaction);
        return true;
      });
      if (isPut) this.#unanswered.note(act);
      return isPut;
    });
  }

  async #put(act: Act, transaction: Transaction): Promise<void> {
    const mark = { askedAt: act.askedAt };
    if (act.state === 'waiting' || act.state === 'sending') await this.#open.within(transaction).set(act.id, mark);
    await this.#acts.within(transaction).set(act.id, act);
    await this.#notePress(act, transaction);
  }

  /** Notes that the requester knows what came of an act; with `isDoubt`, no more than that it may be running. */
  noteTold(id: string, isDoubt: boolean): Promise<void> {
    return this.#lock.run(id, async () => {
      const act = await this.#acts.get(id);
      if (act?.state === 'waiting' || act?.state === 'sending') return;
      if (act?.state === 'unknown') await this.#open.set(id, { askedAt: act.askedAt, isDoubtTold: true });
      else if (!isDoubt) await this.#open.delete(id);
    });
  }

  /** Acts that have not ended or were not told, oldest first. */
  async pending(): Promise<PendingAct[]> {
    const marks = new Map<string, OpenMark>();
    for await (const [id, mark] of this.#open.entries()) marks.set(id, mark);
    const acts = (await this.#acts.getMany([...marks.keys()])).filter((act) => act !== undefined);
    return acts
      .sort((a, b) => a.askedAt - b.askedAt)
      .map((act) => ({ act, isDoubtTold: marks.get(act.id)?.isDoubtTold === true }));
  }

  /** Looks for this act no more at later starts. */
  async giveUp(id: string): Promise<void> {
    await this.#open.delete(id);
  }

  async tracePress(ref: string, label: string): Promise<PressTrace> {
    const known = (await this.#pressed.get(ref))?.labels[toLabelHash(label)];
    if (known === undefined) return {};
    const [last, made] = await this.#acts.getMany([known.last.id, known.made?.id ?? known.last.id]);
    return { ...(last && { last }), ...(known.made && made && { made }) };
  }

  /** For each button of a job that was pressed here: the act that made a job of it, else the last one. */
  async pressesOf(ref: string): Promise<Act[]> {
    const labels = Object.values((await this.#pressed.get(ref))?.labels ?? {});
    const acts = await this.#acts.getMany(labels.map(({ last, made }) => (made ?? last).id));
    return acts.filter((act) => act !== undefined);
  }

  async originOf(replyRef: string): Promise<JobOrigin | undefined> {
    const act = ACT_ID.test(replyRef) ? await this.#acts.get(replyRef) : undefined;
    return act === undefined ? undefined : { guildId: act.guildId, userId: act.userId };
  }

  async #notePress(act: Act, transaction: Transaction): Promise<void> {
    if (!isPressAct(act)) return;
    const { ref, label } = act.work;
    const hash = toLabelHash(label);
    const own = { id: act.id, askedAt: act.askedAt };
    await this.#pressed.within(transaction).update(ref, ({ labels } = { labels: {} }) => {
      const last = toLater(labels[hash]?.last, own);
      const made = act.childRef === undefined ? labels[hash]?.made : toLater(labels[hash]?.made, own);
      return { labels: { ...labels, [hash]: { last, ...(made && { made }) } } };
    });
  }
}

/** An act whose job turns up late does not take the place of one that came after it. */
function toLater(known: ActMark | undefined, own: ActMark): ActMark {
  return known !== undefined && known.askedAt > own.askedAt ? known : own;
}

function toFenceKey({ jobid, label }: PressWork, follows = 'first'): string {
  return `press/${jobid}/${toLabelHash(label)}/${follows}`;
}

const ACT_ID = /^a[0-9a-f]{15}$/;
