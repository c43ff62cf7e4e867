import { describe, expect, it } from 'vitest';
import { RequestWindow } from '../../../src/discord/core/request-window.ts';
import { FakeClock } from '../../fake-clock.ts';

const LIMIT = 5;

/** Counts as Discord does: a second begins when the first request of it arrives. */
class CountingServer {
  readonly #clock: FakeClock;
  #endsAt = 0;
  #used = 0;
  taken = 0;
  refused = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async send(thereMs: number, backMs: number): Promise<void> {
    await this.#clock.sleep(thereMs);
    if (this.#clock.now() >= this.#endsAt) {
      this.#endsAt = this.#clock.now() + 1_000;
      this.#used = 0;
    }
    this.#used += 1;
    if (this.#used > LIMIT) this.refused += 1;
    else this.taken += 1;
    await this.#clock.sleep(backMs);
  }
}

describe('the window of requests to Discord', () => {
  it('lets a burst through at once, and the rest a second after the first answer', async () => {
    const clock = new FakeClock();
    const server = new CountingServer(clock);
    const window = new RequestWindow({ limit: LIMIT, clock });

    const all = Array.from({ length: LIMIT + 1 }, () => window.run(() => server.send(10, 10)));
    await clock.advance(1_020);
    const takenInFirst = server.taken;
    await clock.advance(40);

    expect(takenInFirst).toBe(LIMIT);
    expect(server.taken).toBe(LIMIT + 1);
    await Promise.all(all);
  });

  it('is never refused, however long requests are on their way', async () => {
    const clock = new FakeClock();
    const server = new CountingServer(clock);
    const window = new RequestWindow({ limit: LIMIT, clock });

    const ways = Array.from({ length: 60 }, (_, at) => ({ there: (at * 37) % 400, back: (at * 53) % 300 }));
    const all = ways.map(({ there, back }) => window.run(() => server.send(there, back)));
    await clock.advance(60_000);
    await Promise.all(all);

    expect(server.refused).toBe(0);
    expect(server.taken).toBe(60);
  });

  it('counts a request that arrives late in the second in which it arrives', async () => {
    const clock = new FakeClock();
    const server = new CountingServer(clock);
    const window = new RequestWindow({ limit: LIMIT, clock });
    const send = (count: number, thereMs: number) =>
      Array.from({ length: count }, () => window.run(() => server.send(thereMs, 1)));

    const early = send(LIMIT - 1, 1);
    await clock.advance(990);
    const late = send(1, 300);
    const next = send(LIMIT, 1);
    await clock.advance(10_000);
    await Promise.all([...early, ...late, ...next]);

    expect(server.refused).toBe(0);
  });

  it('goes on after failures and without answers', async () => {
    const clock = new FakeClock();
    const window = new RequestWindow({ limit: 1, clock });

    const failed = window.run(async () => {
      throw new Error('cut');
    });
    await expect(failed).rejects.toThrow('cut');
    let isSecondSent = false;
    const hanging = window.run(() => {
      isSecondSent = true;
      return new Promise<void>(() => undefined);
    });
    await clock.advance(1_005);
    let isThirdSent = false;
    const third = window.run(async () => {
      isThirdSent = true;
    });
    await clock.advance(2_005);

    expect([isSecondSent, isThirdSent]).toEqual([true, true]);
    await third;
    void hanging;
  });
});

describe('the window of requests to Discord, for several servers', () => {
  function start() {
    const clock = new FakeClock();
    const window = new RequestWindow({ limit: 5, perGuild: 4, clock });
    const sent: string[] = [];
    const all: Promise<void>[] = [];
    const send = (name: string) =>
      all.push(window.run(async () => void sent.push(name), name === 'none' ? undefined : name.charAt(0)));
    const flood = (count: number) => {
      for (let n = 1; n <= count; n += 1) send(`a${n}`);
    };
    return { clock, sent, send, flood, ended: () => Promise.all(all) };
  }

  it('leaves room in each second to others who send too, and lets servers take turns', async () => {
    const { clock, sent, send, flood, ended } = start();
    for (const name of ['a0', 'b0']) send(name);
    await clock.advance(2_020);

    flood(9);
    await clock.advance(0);
    expect(sent.slice(2)).toEqual(['a1', 'a2', 'a3', 'a4']);

    for (const name of ['b1', 'b2', 'none']) send(name);
    await clock.advance(0);
    expect(sent.slice(6)).toEqual(['b1']);

    await clock.advance(1_010);
    expect(sent.slice(7)).toEqual(['a5', 'b2', 'none', 'a6', 'a7']);

    await clock.advance(1_010);
    await ended();
    expect(sent).toHaveLength(14);
  });

  it('is all of one that sends alone, and another one is first but one in the next second', async () => {
    const { clock, sent, send, flood, ended } = start();
    for (const name of ['a0', 'b0']) send(name);
    await clock.advance(61_000);
    send('a0');
    await clock.advance(1_020);

    flood(8);
    await clock.advance(0);
    expect(sent.slice(3)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);

    send('b1');
    await clock.advance(1_010);
    expect(sent.slice(8, 10)).toEqual(['a6', 'b1']);
    await clock.advance(1_010);
    await ended();
  });
});
