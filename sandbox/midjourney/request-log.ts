import { Listeners } from '../../src/shared/listeners.ts';

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
/** Of a body that is kept, and of one that is emitted to those who listen. */
const MAX_KEPT = 2_000;
const MAX_EMITTED = 20_000;

/** Keeps the latest requests, oldest first. */
export class RequestLog {
  readonly #records: RequestRecord[] = [];
  readonly #added = new Listeners<[record: RequestRecord], void>();
  readonly onRequest = this.#added.on;

  get records(): readonly RequestRecord[] {
    return this.#records;
  }

  add(record: RequestRecord): void {
    this.#records.push(withBodiesUpTo(record, MAX_KEPT));
    if (this.#records.length > MAX_RECORDS) this.#records.splice(0, MAX_RECORDS / 10);
    this.#added.emit(withBodiesUpTo(record, MAX_EMITTED));
  }

  clear(): void {
    this.#records.length = 0;
  }
}

function withBodiesUpTo(record: RequestRecord, max: number): RequestRecord {
  const { requestBody, responseBody, ...rest } = record;
  return {
    ...rest,
    ...(requestBody === undefined ? {} : { requestBody: cut(requestBody, max) }),
    ...(responseBody === undefined ? {} : { responseBody: cut(responseBody, max) }),
  };
}

function cut(body: string, max: number): string {
  return body.length > max ? `${body.slice(0, max)}\n… ${body.length - max} more characters` : body;
}
