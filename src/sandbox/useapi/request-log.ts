/** One request that reached the stand-in; headers, and so the token, are never kept. */
export interface RequestRecord {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** 0: cut off without a status. */
  readonly status: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  /** The first characters of a JSON body. */
  readonly requestBody?: string;
  /** The first characters of a JSON or text answer. */
  readonly responseBody?: string;
}

const MAX_RECORDS = 5000;
const MAX_BODY = 2000;

/** Keeps the latest requests, oldest first. */
export class RequestLog {
  readonly #records: RequestRecord[] = [];
  readonly #listeners = new Set<(record: RequestRecord) => void>();

  get records(): readonly RequestRecord[] {
    return this.#records;
  }

  add(record: RequestRecord): void {
    const { requestBody, responseBody } = record;
    const kept = {
      ...record,
      ...(requestBody === undefined ? {} : { requestBody: requestBody.slice(0, MAX_BODY) }),
      ...(responseBody === undefined ? {} : { responseBody: responseBody.slice(0, MAX_BODY) }),
    };
    this.#records.push(kept);
    if (this.#records.length > MAX_RECORDS) this.#records.splice(0, MAX_RECORDS / 10);
    for (const listener of this.#listeners) listener(kept);
  }

  clear(): void {
    this.#records.length = 0;
  }

  onRequest(listener: (record: RequestRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
