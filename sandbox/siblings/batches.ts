/** Which jobs were made by one submit, and paid for together. */
export class Batches {
  readonly #byJobid = new Map<string, string>();
  #last = 357_846_312_387_000_000n;

  /** A new number, of eighteen digits, for a batch or a job. */
  next(): string {
    this.#last += 4_194_304n;
    return String(this.#last);
  }

  add(jobids: readonly string[]): void {
    const batch = this.next();
    for (const jobid of jobids) this.#byJobid.set(jobid, batch);
  }

  of(jobid: string): string {
    return this.#byJobid.get(jobid) ?? '';
  }

  /** How many submits were paid for. */
  get count(): number {
    return new Set(this.#byJobid.values()).size;
  }
}
