import { request } from 'node:http';
import type { PageEvent } from '../../../sandbox/page/server/page-api.ts';

/** An answer as it came over the socket. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request with any headers one likes: `fetch` does not let one choose Host and Origin. */
export function send(
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(url, { method, headers, agent: false }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() });
    });
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

/** A change as the page itself would send it. */
export function post(page: { readonly url: string }, path: string, data: unknown, headers = {}): Promise<Answer> {
  const own = { Origin: page.url, 'Content-Type': 'application/json', ...headers };
  return send(`${page.url}${path}`, { method: 'POST', headers: own, body: JSON.stringify(data) });
}

/** The event stream of one member, read event by event. */
export class EventReader {
  readonly #reader: AsyncIterator<string, void>;
  readonly #abort = new AbortController();

  private constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#abort = abort;
    this.#reader = readBlocks(body);
  }

  /** Resolves once the stream is open and has said hello. */
  static async open(url: string, userId: string): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(`${url}/events?as=${userId}`, { signal: abort.signal });
    if (response.body === null) throw new Error('The stream has no body');
    const reader = new EventReader(response.body, abort);
    await reader.next();
    return reader;
  }

  async next(): Promise<PageEvent> {
    const { value, done } = await this.#reader.next();
    if (done === true || value === undefined) throw new Error('The stream ended');
    const kind = /^event: (.*)$/m.exec(value)?.[1];
    const data = /^data: (.*)$/m.exec(value)?.[1] ?? '{}';
    return { kind, ...JSON.parse(data) };
  }

  close(): void {
    this.#abort.abort();
  }
}

async function* readBlocks(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
}
