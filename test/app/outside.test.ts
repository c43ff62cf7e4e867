import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type OutsideOptions, openOutside } from '../../src/app/outside.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import { FakeClock } from '../fake-clock.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace, runOnServer } from '../postgres.ts';

/** More than there are connections for. */
const WRITES = 30;
/** How long a statement waits until it asks for a connection again. */
const RETRY_MS = 100;

describe.skipIf(!hasPostgres)('a process at work on PostgreSQL (skipped where there is no server)', () => {
  let place: PostgresPlace;
  let stack: AsyncDisposableStack;

  beforeEach(() => {
    place = createPostgresPlace();
    stack = new AsyncDisposableStack();
  });
  afterEach(async () => {
    await stack.disposeAsync();
    await place.destroy();
  });

  it('renews its lease while statements wait for every connection', async () => {
    const clock = new FakeClock();
    const config: OutsideOptions['config'] = {
      store: { kind: 'postgres', url: place.url },
      useapi: { token: 'user:1-none', url: 'http://127.0.0.1:9' },
      useapiVersions: ['v3'],
      mediaHosts: [],
    };
    const unexpected = { onLeaseLost: () => undefined, onStandby: () => undefined };
    const { store, begin } = await openOutside(stack, { config, clock, logger: silentLogger, ...unexpected });
    await begin();
    const options = { url: place.url, clock, logger: silentLogger };
    const locking = new PostgresHandle({ ...options, idleTransactionMs: 60_000 });
    const { schema } = locking;
    const endsAt = async () =>
      String((await runOnServer(`SELECT ends_at::text FROM ${schema}.leases`))[0]?.['ends_at']);
    const [locked, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = locking.transact(async (querier) => {
      await querier.query(`LOCK TABLE ${schema}.documents`);
      locked.resolve();
      await done.promise;
    });
    await locked.promise;
    const notes = store.collection('notes', z.number());
    const writing = Array.from({ length: WRITES }, (_, n) => notes.set(String(n), n));
    const before = await endsAt();

    await clock.advance(2_000);

    await expect.poll(endsAt).not.toBe(before);
    done.resolve();
    let isOver = false;
    const all = Promise.all([holding, ...writing]).finally(() => {
      isOver = true;
    });
    // What waited too long for a connection asks again by this clock. Nothing else moves it on: the lease would end.
    const isAskedAgain = () => clock.sleeping.some((ms) => ms <= RETRY_MS);
    const goOn = async () => {
      if (isAskedAgain()) await clock.advance(RETRY_MS);
      return isOver;
    };
    await expect.poll(goOn).toBe(true);
    await all;
    await locking.close();
  });
});
