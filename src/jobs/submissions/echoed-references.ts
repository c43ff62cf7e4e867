import type { Job } from '../job.ts';
import { toBoard } from './lost-answers.ts';
import type { Submission } from './submission.ts';

/**
 * For which submissions the API is known to write their `replyRef` into the records of their jobs: by board, and apart
 * for presses and prompts. In memory, learnt anew by every process.
 */
export class EchoedReferences {
  readonly #known = new Set<string>();

  /** Takes note of a record that was read, was made by a submission of ours and carried its reference. */
  note({ board, parentJobid }: Pick<Job, 'board' | 'parentJobid'>): void {
    this.#known.add(toKey(board, parentJobid === undefined ? 'submit' : 'press'));
  }

  /** Whether a record that was read without a reference is surely not that of this submission's job. */
  isExpectedOf(submission: Submission): boolean {
    return this.#known.has(toKey(toBoard(submission), submission.work.kind));
  }
}

function toKey(board: string, kind: Submission['work']['kind']): string {
  return `${board}/${kind}`;
}
