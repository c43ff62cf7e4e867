import { randomBytes } from 'node:crypto';

/** What was filled in for a press that has to be confirmed. */
export interface PressDraft {
  readonly prompt?: string;
  /** Base64 PNG. */
  readonly mask?: string;
}

const MAX_KEPT = 200;

/** Prompts and masks that wait for a confirmation; in memory, the oldest go first. */
export class PressDrafts {
  readonly #kept = new Map<string, PressDraft>();

  /** A short id for a custom id; empty where there is nothing to keep. */
  keep(draft: PressDraft): string {
    if (draft.prompt === undefined && draft.mask === undefined) return '';
    const id = randomBytes(6).toString('hex');
    this.#kept.set(id, draft);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return id;
  }

  get(id: string): PressDraft | undefined {
    return id === '' ? {} : this.#kept.get(id);
  }
}
