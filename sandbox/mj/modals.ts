/** What a submit wants to come back: with the task, and to where. */
export interface Reply {
  readonly replyRef?: string;
  readonly replyUrl?: string;
}

/** A press that waits for its second step. */
export interface Modal {
  readonly taskId: string;
  readonly parentJobid: string;
  readonly button: string;
  readonly prompt: string;
  readonly reply: Reply;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Tasks that were made by a first step and are no jobs yet. */
export class Modals {
  readonly #byId = new Map<string, Modal>();

  add(modal: Modal): void {
    this.#byId.set(modal.taskId, modal);
  }

  find(taskId: string): Modal | undefined {
    return this.#byId.get(taskId);
  }

  /** Oldest first. */
  list(): readonly Modal[] {
    return [...this.#byId.values()];
  }

  /** Gives it back once. */
  take(taskId: string): Modal | undefined {
    const modal = this.#byId.get(taskId);
    this.#byId.delete(taskId);
    return modal;
  }
}
