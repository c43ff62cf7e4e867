import type { Job } from '../job.ts';
import { type SearchResult, toBoard } from './lost-answers.ts';
import type { Submission } from './submission.ts';

/** Submissions whose job was looked for in vain: one that turns up later may be theirs. */
export class MissingSubmissions {
  /** The board of each. */
  readonly #boards = new Map<string, string>();
  /** Looks that are under way, and whether a job has turned up on the board since they began. */
  readonly #looks = new Set<{ readonly board: string; isLate: boolean }>();

  add(submission: Submission): void {
    this.#boards.set(submission.id, toBoard(submission));
  }

  /** Whether it was one of them. */
  delete(id: string): boolean {
    return this.#boards.delete(id);
  }

  /** Those on a board on which a job has turned up; for those that are being looked for it came meanwhile. */
  turnUp(board: string): readonly string[] {
    for (const look of this.#looks) if (look.board === board) look.isLate = true;
    return [...this.#boards].flatMap(([id, of]) => (of === board ? [id] : []));
  }

  /** Looks for the job of a submission, and again where one has turned up meanwhile; adds it where there is none. */
  async lookFor(submission: Submission, find: () => Promise<SearchResult>): Promise<Job | undefined> {
    const look = { board: toBoard(submission), isLate: false };
    this.#looks.add(look);
    try {
      do {
        look.isLate = false;
        const result = await find();
        if (result.outcome === 'found') return result.job;
      } while (look.isLate);
      this.add(submission);
      return undefined;
    } finally {
      this.#looks.delete(look);
    }
  }
}
