import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startUseapiStandIn, type UseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import { Accounts } from '../../../src/backends/accounts/accounts.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import { OwnAccounts, type OwnAccountsOptions } from '../../../src/jobs/own-accounts/own-accounts.ts';
import { type SecretKey, toSecretKey } from '../../../src/shared/secret-box.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { FakeClock } from '../../fake-clock.ts';
import { aRecordingLogger } from '../../recording-logger.ts';

const [ONE, TWO] = ['101', '102'];
const SECRET = 'a-secret-of-our-own';
const key = toSecretKey('k1', randomBytes(32));

describe('OwnAccounts', () => {
  let server: UseapiStandIn;
  let store: SqliteStore;
  let clock: FakeClock;
  let logged: string[];
  const recording = aRecordingLogger();
  const { logger } = recording;

  beforeEach(async () => {
    server = await startUseapiStandIn({ speed: 0, token: SECRET });
    store = SqliteStore.open(':memory:');
    clock = new FakeClock();
    logged = [];
  });
  afterEach(async () => {
    await store.close();
    await server.close();
  });

  const open = (spec: { readonly url: string; readonly secret: string }) =>
    new UseapiClient({ baseUrl: spec.url, token: spec.secret, maxRetries: 0, clock, logger });

  function start(over: Partial<OwnAccountsOptions> = {}, keys: readonly SecretKey[] = [key]) {
    const accounts = new Accounts([{ name: 'useapi', backend: open({ url: server.url, secret: 't' }) }]);
    const own = new OwnAccounts({
      store,
      keys,
      allowsPrivate: true,
      useapiUrl: server.url,
      accounts,
      open,
      isServed: () => true,
      record: async ({ what, by }) => void logged.push(`${by} ${what}`),
      clock,
      logger,
      ...over,
    });
    return { own, accounts };
  }

  const input = { kind: 'useapi', secret: SECRET } as const;
  const raw = () => store.collection('own-accounts', z.record(z.string(), z.unknown()));

  it('keeps the account of a server that the bot has left meanwhile, and does not open it', async () => {
    const { own, accounts } = start({ isServed: () => false });

    expect(await own.bring(ONE, 'olga', input)).toMatchObject({ outcome: 'brought', account: { state: 'closed' } });
    expect(accounts.ownOf(ONE)).toBeUndefined();
    own.open(ONE);

    expect(own.find(ONE)).toMatchObject({ state: 'open' });
  });

  it('stores nothing of a secret but what only its key can read', async () => {
    const { own, accounts } = start();

    expect(await own.bring(ONE, 'olga', input)).toMatchObject({
      outcome: 'brought',
      account: { by: 'olga', state: 'open' },
    });

    expect(JSON.stringify(await raw().get(ONE))).not.toContain(SECRET);
    expect(accounts.ownOf(ONE)?.guildIds).toEqual([ONE]);
    expect(logged).toEqual(['olga brought']);
  });

  it('opens nothing that was moved to another server in the store', async () => {
    await start().own.bring(ONE, 'olga', input);
    const moved = await raw().get(ONE);
    if (moved === undefined) throw new Error('It is there.');
    await raw().set(TWO, moved);

    const { own, accounts } = start();
    await own.load([ONE, TWO]);

    expect([own.find(ONE)?.state, own.find(TWO)?.state]).toEqual(['open', 'damaged']);
    expect(accounts.ownOf(TWO)).toBeUndefined();
    expect(own.isClosed(TWO)).toBe(true);
  });

  it('opens nothing whose address was changed in the store: its secret goes nowhere else', async () => {
    await start().own.bring(ONE, 'olga', input);
    await raw().update(ONE, (stored) => ({ ...stored, url: 'https://evil.example.org' }));

    const { own } = start();
    await own.load([ONE]);

    expect(own.find(ONE)?.state).toBe('damaged');
  });

  it('lets nobody else pay where the store holds something that is no account', async () => {
    await raw().set(ONE, { nonsense: true });

    const { own } = start();
    await own.load([ONE]);

    expect(own.isClosed(ONE)).toBe(true);
    await own.bring(ONE, 'olga', input);
    expect(own.isClosed(ONE)).toBe(false);
  });

  it('opens the accounts of the servers that are served alone, and closes one whose server is left', async () => {
    const first = start();
    await first.own.bring(ONE, 'olga', input);
    await first.own.bring(TWO, 'tess', input);
    const { own, accounts } = start();

    await own.load([ONE]);
    expect([accounts.ownOf(ONE), accounts.ownOf(TWO)].map((account) => account?.guildIds)).toEqual([[ONE], undefined]);

    own.open(TWO);
    await own.leave(ONE);
    expect([accounts.ownOf(ONE), accounts.ownOf(TWO)].map((account) => account?.guildIds)).toEqual([undefined, [TWO]]);
  });

  it('gives another account another id, and the same account under a new secret the one that it had', async () => {
    const other = await startUseapiStandIn({ speed: 0, token: SECRET });
    const { own, accounts } = start();
    const dropped: string[] = [];
    own.onDropped(async (_guildId, accountId) => void dropped.push(accountId));
    await own.bring(ONE, 'olga', input);
    const first = accounts.ownOf(ONE)?.id;

    expect((await own.bring(ONE, 'olga', input)).outcome).toBe('renewed');
    expect(accounts.ownOf(ONE)?.id).toBe(first);
    expect((await own.bring(ONE, 'mo', { ...input, url: other.url })).outcome).toBe('brought');

    expect(accounts.ownOf(ONE)?.id).not.toBe(first);
    expect(dropped).toEqual([first]);
    const boards = [`${first}/v3`, `${accounts.ownOf(ONE)?.id}/v3`, 'v3'];
    expect(boards.map((board) => own.isDropped(board))).toEqual([true, false, false]);
    await own.leave(ONE);
    expect(boards.map((board) => own.isDropped(board))).toEqual([true, false, false]);
    expect(logged).toEqual(['olga brought', 'olga renewed', 'mo replaced']);
    await other.close();
  });

  it('lets nobody else pay while it ends the jobs of the account before, nor where that fails', async () => {
    const other = await startUseapiStandIn({ speed: 0, token: SECRET });
    const { own, accounts } = start();
    await own.bring(ONE, 'olga', input);
    const seen: unknown[] = [];
    own.onDropped(async () => {
      seen.push(accounts.ownOf(ONE)?.id);
      throw new Error('The store is full.');
    });

    await expect(own.bring(ONE, 'mo', { ...input, url: other.url })).rejects.toThrow();

    expect(seen).toEqual([own.find(ONE)?.accountId]);
    expect(own.find(ONE)).toMatchObject({ by: 'mo', state: 'open' });
    await other.close();
  });

  it('asks for no more than a list before it keeps one', async () => {
    await start().own.bring(ONE, 'olga', input);

    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v3/midjourney/jobs']);
  });

  it('keeps what is there when another one is refused, or the store does not take it', async () => {
    const { own, accounts } = start();
    await own.bring(ONE, 'olga', input);
    const before = accounts.ownOf(ONE);

    expect(await own.bring(ONE, 'mo', { ...input, secret: 'wrong' })).toEqual({ outcome: 'not-kept', why: 'refused' });
    await store.close();
    await expect(own.bring(ONE, 'mo', input)).rejects.toThrow();

    expect(accounts.ownOf(ONE)).toBe(before);
    expect(own.find(ONE)?.by).toBe('olga');
    store = SqliteStore.open(':memory:');
  });

  it('lets a server try so often in an hour, and others as often', async () => {
    const { own } = start();
    for (let n = 0; n < 20; n += 1) await own.bring(ONE, 'olga', { ...input, secret: 'wrong' });

    expect(await own.bring(ONE, 'olga', input)).toEqual({ outcome: 'not-kept', why: 'too-often' });
    expect((await own.bring(TWO, 'tess', input)).outcome).toBe('brought');
    await clock.advance(60 * 60_000);
    expect((await own.bring(ONE, 'olga', input)).outcome).toBe('brought');
  });

  it.each([
    [{ kind: 'mj' }, 'address-missing'],
    [{ url: 'nonsense without sense' }, 'address'],
    [{ url: 'https://example.org/?a=1' }, 'address'],
    [{ secret: 'two words' }, 'secret'],
    [{ secret: ' ' }, 'secret'],
    [{ secret: 'sécret' }, 'secret'],
    [{ kind: 'minimax', model: 'no such/model' }, 'model'],
  ] as const)('calls nobody for %j: %s', async (over, why) => {
    expect(await start().own.bring(ONE, 'olga', { ...input, ...over })).toEqual({ outcome: 'not-kept', why });

    expect(server.requests).toEqual([]);
  });

  it.each([
    [500, 'troubled'],
    [402, 'subscription'],
    [404, 'wrong-kind'],
    [403, 'refused'],
    [302, 'moved'],
  ] as const)('says what an answer of %d means: %s', async (status, why) => {
    const failing = await startApi(status);

    expect(await start().own.bring(ONE, 'olga', { ...input, url: failing.url })).toEqual({ outcome: 'not-kept', why });

    await failing.close();
  });

  it('takes an address without its scheme or its last part', async () => {
    const { own } = start({ open: () => open({ url: server.url, secret: SECRET }) });

    expect(await own.bring(ONE, 'olga', { ...input, kind: 'mj', url: 'mj.example.org' })).toMatchObject({
      account: { url: 'https://mj.example.org/mj' },
    });
  });
});

async function startApi(status: number): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const api = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', location: 'https://example.org/' }).end('{}');
  }).listen(0, '127.0.0.1', resolve);
  await promise;
  const address = api.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: async () => void api.close() };
}
