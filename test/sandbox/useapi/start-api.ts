import {
  startUseapiStandIn,
  type UseapiStandIn,
  type UseapiStandInOptions,
} from '../../../sandbox/useapi/useapi-stand-in.ts';
import type { Clock } from '../../../src/shared/clock.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a wire answer is looked into freely by tests
  readonly body: any;
}

/** A running stand-in with a caller that holds the token. */
export interface TestApi extends UseapiStandIn {
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
}

/** Starts a stand-in in which nothing moves by itself. */
export async function startApi(options: UseapiStandInOptions = {}): Promise<TestApi> {
  const api = await startUseapiStandIn({ speed: 0, ...options });
  const call: TestApi['call'] = async (method, path, body, token = api.token) => {
    const response = await fetch(api.url + path, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, headers: response.headers, text, body: isJson ? parse(text) : undefined };
  };
  return { ...api, call };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is asked to pass. */
export class HeldClock implements Clock {
  #now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  #sleepers: Sleeper[] = [];
  #onSleep: () => void = () => undefined;

  /** Resolves when somebody next begins to sleep. */
  nextSleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSleep = resolve;
    });
  }

  now(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { until: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      this.#onSleep();
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Lets `ms` pass, waking the sleepers in their order. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
    this.#now = end;
  }
}
