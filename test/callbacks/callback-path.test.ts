import { describe, expect, it } from 'vitest';
import { CallbackKeys, type Keys } from '../../src/callbacks/callback-keys.ts';
import { readCallbackPath, toCallbackPath } from '../../src/callbacks/callback-path.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../fake-clock.ts';

const HOUR_MS = 60 * 60_000;
const REF = 'a0123456789abcde';

const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

describe('the path that a backend calls', () => {
  const clock = new FakeClock();
  const store = SqliteStore.open(':memory:');
  const keys = new CallbackKeys(store, clock);

  it('names one submission, and nothing else does', async () => {
    const valid = await keys.valid();
    const path = toCallbackPath(valid[0], REF);
    const other = toCallbackPath(valid[0], 'a9999999999abcde');

    expect(path).toMatch(/^\/[\w-]{43}\/a0123456789abcde\.[\w-]{43}$/);
    expect(readCallbackPath(path, valid)).toBe(REF);
    expect(readCallbackPath(`${path.slice(0, -43)}${other.slice(-43)}`, valid)).toBeUndefined();
    for (let at = 0; at < path.length; at += 1) expect(readCallbackPath(flip(path, at), valid)).toBeUndefined();
    for (const wrong of ['', '/', `${path}/`, `${path}?a=b`, `/x${path}`, path.slice(0, -1), path.toUpperCase()])
      expect(readCallbackPath(wrong, valid)).toBeUndefined();
  });

  it('has 32 random bytes that another store does not have', async () => {
    const [own] = await keys.valid();
    const [other] = await new CallbackKeys(SqliteStore.open(':memory:'), clock).valid();

    const bytes = [own.token, own.key, other.token, other.key].map((text) => Buffer.from(text, 'base64url'));

    expect(bytes.every(({ length }) => length === 32)).toBe(true);
    expect(new Set(bytes.map(String)).size).toBe(4);
  });

  it('is the same after a restart', async () => {
    const before = await keys.valid();

    expect(await new CallbackKeys(store, clock).valid()).toEqual(before);
  });

  it('is good for a day after new keys were taken, also by another process', async () => {
    const running = new CallbackKeys(store, clock);
    const old = toCallbackPath((await running.valid())[0], REF);
    await new CallbackKeys(store, clock).rotate();
    await clock.advance(10_000);

    const fresh = toCallbackPath((await running.valid())[0], REF);
    expect(fresh).not.toBe(old);
    expect(readCallbackPath(old, await running.valid())).toBe(REF);
    await clock.advance(24 * HOUR_MS);
    expect(readCallbackPath(old, await running.valid())).toBeUndefined();
    expect(readCallbackPath(fresh, await running.valid())).toBe(REF);
  });

  it('is kept for few keys only, however often new ones are taken', async () => {
    for (let n = 0; n < 20; n += 1) await keys.rotate();

    const valid: readonly Keys[] = await keys.valid();

    expect(valid).toHaveLength(8);
    expect(valid.filter(({ retiredAt }) => retiredAt === undefined)).toHaveLength(1);
  });
});
