/** Ids of sixteen digits: thirteen of the time, three that count. */
export class TaskIds {
  #last = 0;

  /** @param at Epoch milliseconds. */
  next(at: number): string {
    const wanted = Math.floor(at) * 1000;
    this.#last = Math.max(this.#last + 1, wanted);
    return String(this.#last);
  }
}
