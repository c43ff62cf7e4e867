import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AuditLog } from '../../../src/moderation/log/audit-log.ts';
import type { LogDraft } from '../../../src/moderation/log/log-entry.ts';
import { compact } from '../../../src/shared/compact.ts';
import { atEveryStatement, FAULTS, FaultyStore } from '../faulty-store.ts';

const A_TIME = Date.UTC(2025, 9, 23);

function aDraft(n: number, over: Partial<LogDraft> = {}): LogDraft {
  return { id: `id-${n}`, at: A_TIME + n, guildId: 'g1', actorId: 'u1', action: 'press', details: { n }, ...over };
}

async function fill(log: AuditLog, from: number, to: number, over: Partial<LogDraft> = {}): Promise<void> {
  for (let n = from; n <= to; n += 1) await log.append(aDraft(n, over));
}

async function numbersOf(log: AuditLog, guildId = 'g1'): Promise<number[]> {
  const lines = await Array.fromAsync(log.exportLines(guildId));
  return lines.map((line) => JSON.parse(line).number);
}

/** Puts a log of as many entries into each store, made once: every entry is a commit of its own. */
function prefilled(count: number): (store: FaultyStore) => Promise<void> {
  let made: Promise<readonly [string, string, unknown][]> | undefined;
  return async (store) => {
    made ??= makeDocuments(count);
    const documents = await made;
    const opened = store.restart();
    await opened.transaction(async (transaction) => {
      for (const [name, key, value] of documents) {
        await opened.collection(name, z.unknown()).within(transaction).set(key, value);
      }
    });
  };
}

async function makeDocuments(count: number): Promise<readonly [string, string, unknown][]> {
  const opened = new FaultyStore().restart();
  await fill(new AuditLog(opened), 1, count);
  const documents: [string, string, unknown][] = [];
  for (const name of ['log', 'log-heads', 'log-ids']) {
    for await (const [key, value] of opened.collection(name, z.unknown()).entries()) documents.push([name, key, value]);
  }
  return documents;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('the log', () => {
  let store: FaultyStore;
  let log: AuditLog;

  beforeEach(() => {
    store = new FaultyStore();
    log = new AuditLog(store.restart());
  });

  it('numbers entries from 1 without gaps, also when many are appended at once and over restarts', async () => {
    const first = await Promise.all(range(1, 150).map((n) => log.append(aDraft(n))));
    log = new AuditLog(store.restart());
    const next = await log.append(aDraft(151));

    expect(first).toEqual(range(1, 150));
    expect(next).toBe(151);
    expect(await numbersOf(log)).toEqual(range(1, 151));
  });

  it('appends the same id once, however much later it comes again', async () => {
    await fill(log, 1, 250);

    const again = await log.append(aDraft(7, { details: { n: 'other' } }));
    const anew = await new AuditLog(store.restart()).append(aDraft(7));

    expect([again, anew]).toEqual([7, 7]);
    expect(await numbersOf(log)).toEqual(range(1, 250));
    expect((await log.get('g1', 7))?.details).toEqual({ n: 7 });
  });

  it('logs as part of a transaction: with what else that writes, or not at all', async () => {
    const opened = store.restart();
    const others = opened.collection('others', z.string());
    log = new AuditLog(opened);
    const write = (n: number, isFailing: boolean) =>
      opened.transaction(async (transaction) => {
        await others.within(transaction).set('other', `by ${n}`);
        const number = await log.append(aDraft(n), transaction);
        if (isFailing) throw new Error('thought better of it');
        return number;
      });

    const given = await write(1, false);
    await expect(write(2, true)).rejects.toThrow('thought better');

    expect(given).toBe(1);
    expect([await numbersOf(log), await others.get('other')]).toEqual([[1], 'by 1']);
    expect(await log.append(aDraft(3))).toBe(2);
  });

  it('loses no entry where two processes, and transactions beside them, append at once', async () => {
    const opened = store.restart();
    const logs = [new AuditLog(opened), new AuditLog(store.restart())];
    const appends = range(1, 60).map((n) => {
      const one = logs[n % 2] ?? log;
      return n % 3 === 0 && one === logs[0]
        ? opened.transaction((transaction) => one.append(aDraft(n), transaction))
        : one.append(aDraft(n));
    });

    const numbers = await Promise.all(appends);

    expect(numbers.toSorted((one, other) => one - other)).toEqual(range(1, 60));
    expect(await numbersOf(log)).toEqual(range(1, 60));
  });

  it('goes on where version 0.2 died between an entry, its id and the head of the log', async () => {
    await fill(log, 1, 101);
    const opened = store.restart();
    const [id] = (await log.page('g1', { limit: 1 })).entries.map((entry) => entry.id);
    await opened.collection('log-ids', z.unknown()).delete(`g1:${id}`);
    await opened.collection('log-heads', z.unknown()).set('g1', { first: 0, last: 0 });
    log = new AuditLog(opened);

    const numbers = [await log.append(aDraft(101)), await log.append(aDraft(102))];

    expect(numbers).toEqual([101, 102]);
    expect(await numbersOf(log)).toEqual(range(1, 102));
  });

  it('keeps servers apart', async () => {
    await log.append(aDraft(1));
    await log.append(aDraft(1, { guildId: 'g2', actorId: 'u2' }));
    await log.append(aDraft(2, { guildId: 'g2' }));

    const page = await log.page('g1', { limit: 10 });

    expect(page.entries.map(({ guildId, number }) => [guildId, number])).toEqual([['g1', 1]]);
    expect(await log.get('g1', 2)).toBeUndefined();
    expect(await numbersOf(log, 'g2')).toEqual([1, 2]);
    expect(await numbersOf(log, 'g')).toEqual([]);
  });

  it('pages newest first through several segments', async () => {
    await fill(log, 1, 230);

    const pages = [];
    let before: number | undefined;
    do {
      const page = await log.page('g1', { limit: 50, ...compact({ before }) });
      pages.push(page.entries.map(({ number }) => number));
      before = page.nextBefore;
    } while (before !== undefined);

    expect(pages.map((page) => page.length)).toEqual([50, 50, 50, 50, 30]);
    expect(pages.flat()).toEqual(range(1, 230).reverse());
  });

  it('says that nothing older is left when the last page is full', async () => {
    await fill(log, 1, 10);

    expect(await log.page('g1', { limit: 10 })).not.toHaveProperty('nextBefore');
    expect(await log.page('g1', { limit: 10, before: 1 })).toEqual({ entries: [] });
  });

  it('finds by member, done by or done to, by job and by action', async () => {
    await log.append(aDraft(1, { actorId: 'u1', ref: 'aaaa' }));
    await log.append(aDraft(2, { actorId: 'u2', targetId: 'u1' }));
    await log.append(aDraft(3, { actorId: 'u2', action: 'cancel', ref: 'aaaa' }));

    const find = async (query: object) => {
      const { entries } = await log.page('g1', { limit: 10, ...query });
      return entries.map(({ number }) => number);
    };

    expect(await find({ member: 'u1' })).toEqual([2, 1]);
    expect(await find({ ref: 'aaaa' })).toEqual([3, 1]);
    expect(await find({ action: 'cancel' })).toEqual([3]);
    expect(await find({ member: 'u1', action: 'cancel' })).toEqual([]);
  });

  it('knows later which job came of an entry, and finds it by that, without touching the entry', async () => {
    await fill(log, 1, 250, { action: 'submit' });
    const entry = await log.get('g1', 7);

    for (const n of [7, 240]) await log.noteMade('g1', `id-${n}`, `ref-${n}`);
    await log.noteMade('g1', 'id-7', 'ref-7');
    await log.noteMade('g1', 'never logged', 'ref-0');
    await log.append(aDraft(251));
    await log.replaceMember('g1', 'u1', 'deleted-x');

    const fresh = new AuditLog(store.restart());
    const find = async (ref: string) => (await fresh.page('g1', { limit: 10, ref })).entries;
    expect(await find('ref-7')).toEqual([{ ...entry, actorId: 'deleted-x', madeRef: 'ref-7' }]);
    expect((await find('ref-240')).map(({ number }) => number)).toEqual([240]);
    expect(await find('ref-0')).toEqual([]);
    expect((await Array.fromAsync(fresh.exportLines('g1'))).filter((line) => line.includes('madeRef'))).toHaveLength(2);
    expect(await numbersOf(fresh)).toEqual(range(1, 251));
  });

  it('forgets with an entry which job came of it', async () => {
    await fill(log, 1, 3);
    for (const n of [1, 3]) await log.noteMade('g1', `id-${n}`, `ref-${n}`);

    await log.dropBefore('g1', A_TIME + 2);

    const { entries } = await log.page('g1', { limit: 10 });
    expect(entries.map(({ madeRef }) => madeRef)).toEqual(['ref-3', undefined]);
    expect((await log.page('g1', { limit: 10, ref: 'ref-1' })).entries).toEqual([]);
  });

  it('reads only the segments that a page needs', async () => {
    await fill(log, 1, 950);
    const fresh = new AuditLog(store.restart());
    await fresh.page('g1', { limit: 1 });
    const before = store.statements;

    await fresh.page('g1', { limit: 100 });
    const forTwoSegments = store.statements - before;
    await fresh.page('g1', { limit: 20, before: 300 });
    const inTheMiddle = store.statements - before - forTwoSegments;

    expect(forTwoSegments).toBe(4);
    expect(inTheMiddle).toBe(4);
  });

  it('drops what is old, keeps the numbers of the rest, and goes on counting', async () => {
    await fill(log, 1, 250);

    await log.dropBefore('g1', A_TIME + 131);
    const kept = await numbersOf(log);
    await log.dropBefore('g1', A_TIME + 10_000);
    const next = await new AuditLog(store.restart()).append(aDraft(251));

    expect(kept).toEqual(range(131, 250));
    expect(next).toBe(251);
    expect(await numbersOf(new AuditLog(store.restart()))).toEqual([251]);
  });

  it('forgets nothing when nothing is old, or nothing is there', async () => {
    await log.dropBefore('g1', A_TIME);
    await fill(log, 1, 3);

    await log.dropBefore('g1', A_TIME);

    expect(await numbersOf(log)).toEqual([1, 2, 3]);
  });

  it('puts a pseudonym wherever a member is named, and nowhere else', async () => {
    await fill(log, 1, 150, { actorId: '111', details: { text: 'by <@111> for <@1112>' } });
    await log.append(aDraft(151, { actorId: '222', targetId: '111', before: { votes: ['111'] } }));
    await log.append(aDraft(1, { guildId: 'g2', actorId: '111' }));

    await log.replaceMember('g1', '111', 'deleted-x');

    const lines = await Array.fromAsync(log.exportLines('g1'));
    expect(lines.join('')).not.toMatch(/"111"|@111>/);
    expect(await log.get('g1', 1)).toMatchObject({
      actorId: 'deleted-x',
      details: { text: 'by <@deleted-x> for <@1112>' },
    });
    expect(await log.get('g1', 151)).toMatchObject({
      actorId: '222',
      targetId: 'deleted-x',
      before: { votes: ['deleted-x'] },
    });
    expect(await log.get('g2', 1)).toMatchObject({ actorId: '111' });
    expect(await log.append(aDraft(152))).toBe(152);
  });

  it('exports the lines that name a member', async () => {
    await fill(log, 1, 2);
    await log.append(aDraft(3, { actorId: 'u2', details: { by: 'u1' } }));
    await log.append(aDraft(4, { actorId: 'u2' }));

    const lines = await Array.fromAsync(log.exportMemberLines('g1', 'u1'));

    expect(lines.map((line) => JSON.parse(line).number)).toEqual([1, 2, 3]);
  });
});

describe.each(FAULTS)('the log, when a statement should %s', (fault) => {
  it.each([3, 99, 100])('holds each entry once when appending is repeated after %i entries', async (already) => {
    const prefill = prefilled(already);
    const faults = await atEveryStatement(fault, async (store, arm) => {
      await prefill(store);
      let log = new AuditLog(store.restart());
      arm();
      const failed = await log.append(aDraft(already + 1)).catch(() => 'failed');
      store.heal();
      if (fault === 'die') log = new AuditLog(store.restart());
      const again = await log.append(aDraft(already + 1));
      const next = await log.append(aDraft(already + 2));

      expect([already + 1, 'failed']).toContain(failed);
      expect([again, next]).toEqual([already + 1, already + 2]);
      expect(await numbersOf(new AuditLog(store.restart()))).toEqual(range(1, already + 2));
    });

    expect(faults).toBeGreaterThanOrEqual(3);
  });

  it.each([7, 103])('knows which job came of entry %i when asked again', async (number) => {
    const prefill = prefilled(103);
    const faults = await atEveryStatement(fault, async (store, arm) => {
      await prefill(store);
      let log = new AuditLog(store.restart());
      arm();
      await log.noteMade('g1', `id-${number}`, 'ref').catch(() => undefined);
      store.heal();
      if (fault === 'die') log = new AuditLog(store.restart());
      await log.noteMade('g1', `id-${number}`, 'ref');
      await log.append(aDraft(104));

      const fresh = new AuditLog(store.restart());
      expect((await fresh.page('g1', { limit: 9, ref: 'ref' })).entries.map((entry) => entry.number)).toEqual([number]);
      expect(await numbersOf(fresh)).toEqual(range(1, 104));
    });

    expect(faults).toBeGreaterThanOrEqual(2);
  });

  it('drops what is old when asked again', async () => {
    const prefill = prefilled(103);
    const faults = await atEveryStatement(fault, async (store, arm) => {
      await prefill(store);
      let log = new AuditLog(store.restart());
      arm();
      await log.dropBefore('g1', A_TIME + 102).catch(() => undefined);
      store.heal();
      if (fault === 'die') log = new AuditLog(store.restart());
      await log.dropBefore('g1', A_TIME + 102);

      expect(await log.append(aDraft(104))).toBe(104);
      expect(await numbersOf(new AuditLog(store.restart()))).toEqual([102, 103, 104]);
    });

    expect(faults).toBeGreaterThan(100);
  });
});
