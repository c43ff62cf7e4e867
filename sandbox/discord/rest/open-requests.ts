/** Requests that are under way: each may take effect still, whatever became of who sent it. */
export class OpenRequests {
  readonly #open = new Set<Promise<unknown>>();

  async run<T>(request: Promise<T>): Promise<T> {
    this.#open.add(request);
    try {
      return await request;
    } finally {
      this.#open.delete(request);
    }
  }

  /** Resolves when those that are under way now are done. */
  async whenDone(): Promise<void> {
    await Promise.allSettled(this.#open);
  }
}
