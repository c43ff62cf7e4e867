import type { Job } from '../job.ts';
import { toBoard } from './lost-answers.ts';
import type { Submission } from './submission.ts';

/**
 * For which submissions the API is known to write their `replyRef` into the records of their jobs: by board, and apart
 * for presses and prompts. In memory, learnt anew by every process.
 */
export class EchoedReferences {
  readonly #known = new Map<string, Set<Submission['work']['kind']>>();

  /** Takes note of a record that was read, was made by a submission of ours and carried its reference. */
  note({ board, parentJobid }: Pick<Job, 'board' | 'parentJobid'>): void {
    const kinds = this.#known.get(board) ?? new Set();
    this.#known.set(board, kinds.add(parentJobid === undefined ? 'submit' : 'press'));
  }

  /** Whether a record that was read without a reference is surely not that of this submission's job. */
  isExpectedOf(submission: Submission): boolean {
    return this.#known.get(toBoard(submission))?.has(submission.work.kind) === true;
  }

  /** Forgets boards that are gone for good. */
  forget(isGone: (board: string) => boolean): void {
    for (const board of this.#known.keys()) if (isGone(board)) this.#known.delete(board);
  }

  /** How many boards are remembered. */
  get size(): number {
    return this.#known.size;
  }
}
