import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FamilyMember, toFamilyTree } from '../../../src/jobs/family/family-tree.ts';
import { JobFamily } from '../../../src/jobs/family/job-family.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { JobActions } from '../../../src/jobs/job-actions.ts';
import { JobIndex } from '../../../src/jobs/job-index.ts';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
import { JobStore } from '../../../src/jobs/job-store.ts';
import { JobTracker } from '../../../src/jobs/job-tracker.ts';
import { compact } from '../../../src/shared/compact.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJob, aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeJobApi } from '../fake-job-api.ts';

/** A tree as text: `1(U1:2 V1:3(🔄:4))`. */
function toText({ jobid, label, children }: FamilyMember): string {
  const inner = children.map(toText).join(' ');
  return `${label === undefined ? '' : `${label}:`}${numberOf(jobid)}${inner === '' ? '' : `(${inner})`}`;
}

function numberOf(jobid: string): number {
  return Number(/^j\d{13}(\d{6})/.exec(jobid)?.[1]);
}

function membersOf(member: FamilyMember): FamilyMember[] {
  return [member, ...member.children.flatMap(membersOf)];
}

describe('toFamilyTree', () => {
  it('ends for any children that records name, with each job once', () => {
    const edges = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 200 });
    const limits = fc.record({ maxMembers: fc.integer({ min: 1, max: 40 }), maxDepth: fc.nat(12) });
    fc.assert(
      fc.property(edges, limits, (pairs, limit) => {
        const known = new Map<string, Job>();
        for (const [from] of pairs) {
          const children = pairs
            .filter(([parent]) => parent === from)
            .map(([, to]) => ({ jobid: aJobid(to), button: 'V1' }));
          known.set(aJobid(from), aJob({ jobid: aJobid(from), children }));
        }

        const { root, count, isCut } = toFamilyTree(aJobid(0), known, new Set(), limit);
        const ids = membersOf(root).map(({ jobid }) => jobid);

        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBe(count);
        expect(count).toBeLessThanOrEqual(limit.maxMembers);
        if (!isCut)
          for (const id of ids) for (const { jobid } of known.get(id)?.children ?? []) expect(ids).toContain(jobid);
      }),
    );
  });
});

describe('JobFamily', () => {
  let api: FakeJobApi;
  let tracker: JobTracker;
  let family: JobFamily;
  let clock: FakeClock;

  beforeEach(() => {
    api = new FakeJobApi();
    clock = new FakeClock();
    const jobs = new JobStore(SqliteStore.open(':memory:'));
    tracker = new JobTracker({ store: jobs, index: new JobIndex(), clock, logger: silentLogger });
    family = new JobFamily({ api, jobs, tracker, clock, actions: new JobActions({ api, store: jobs, tracker }) });
  });

  /** Jobs at the API: `parent` names the job they were made from, `n` themselves. */
  function put(links: readonly (readonly [n: number, parent: number | undefined, button?: string])[]): void {
    for (const [n, parent, button] of links) {
      const children = links
        .filter(([, other]) => other === n)
        .map(([child, , label]) => ({ jobid: aJobid(child), ...compact({ button: label }) }));
      const own = {
        ...(parent !== undefined && { parentJobid: aJobid(parent) }),
        ...compact({ button }),
      };
      api.put(anApiJob({ jobid: aJobid(n), status: 'completed', children, ...own }));
    }
  }

  it('shows the tree from the root, whichever job is asked about', async () => {
    put([
      [1, undefined],
      [2, 1, 'U1'],
      [3, 1, 'V2'],
      [4, 3, '🔄'],
    ]);

    const tree = await family.tree(aJobid(4), 'g1');

    expect(toText(tree.root)).toBe('1(U1:2 V2:3(🔄:4))');
    expect(tree).toMatchObject({ count: 4, isCut: false, hasUnread: false, ref: toJobRef(aJobid(4)) });
    expect(membersOf(tree.root).map(({ job }) => job?.status)).toEqual(Array(4).fill('completed'));
  });

  it('reads each relative once, and none again', async () => {
    put([
      [1, undefined],
      [2, 1, 'U1'],
      [3, 1, 'V2'],
    ]);
    await family.tree(aJobid(1), 'g1');
    const readsBefore = api.calls.length;

    await family.tree(aJobid(3), 'g1');

    expect([readsBefore, api.calls.length]).toEqual([3, 3]);
  });

  it('does not read again what somebody else has read and is about to store', async () => {
    const stored = Promise.withResolvers<void>();
    put([
      [1, undefined],
      [2, 1, 'V1'],
    ]);
    await tracker.observe(await api.readJob(aJobid(1)));
    tracker.onMetFinal(() => stored.promise);
    const taking = tracker.observe(await api.readJob(aJobid(2)));
    const readsBefore = api.calls.length;

    const reading = family.tree(aJobid(1), 'g1');
    await clock.advance(0);
    stored.resolve();
    await taking;

    expect((await reading).count).toBe(2);
    expect(api.calls).toHaveLength(readsBefore);
  });

  it('shows at once what was made from a job, whatever the record of that job says', async () => {
    put([
      [1, undefined],
      [2, 1, 'V1'],
    ]);
    await family.tree(aJobid(2), 'g1');
    const children = [anApiJob({ jobid: aJobid(3) }), anApiJob({ jobid: aJobid(4) })];
    const own = { parentJobid: aJobid(1), button: 'V2' };
    for (const child of children) await tracker.observe({ ...child, ...own });
    await tracker.observe(anApiJob({ jobid: aJobid(5), parentJobid: aJobid(3), button: 'U1' }));

    const tree = await family.tree(aJobid(2), 'g1');
    const callsForTree = api.calls.length;
    const siblings = await family.siblings(aJobid(4), 'g1');

    expect(toText(tree.root)).toBe('1(V1:2 V2:3(U1:5) V2:4)');
    expect(siblings.map(({ jobid }) => numberOf(jobid))).toEqual([2, 3, 4]);
    expect(callsForTree).toBe(2);
  });

  it('finds what was made elsewhere below the root, the job that is opened and its parent, ten seconds later', async () => {
    put([
      [1, undefined],
      [2, 1, 'V1'],
      [3, 2, 'U1'],
    ]);
    await family.tree(aJobid(3), 'g1');
    put([
      [1, undefined],
      [2, 1, 'V1'],
      [4, 1, 'V2'],
      [3, 2, 'U1'],
      [5, 2, 'U2'],
      [6, 3, 'Vary'],
    ]);
    api.calls.length = 0;

    const soon = await family.tree(aJobid(3), 'g1');
    const callsBefore = api.calls.length;
    await clock.advance(10_000);
    const later = await family.tree(aJobid(3), 'g1');

    expect([toText(soon.root), callsBefore]).toEqual(['1(V1:2(U1:3))', 0]);
    expect(toText(later.root)).toBe('1(V1:2(U1:3(Vary:6) U2:5) V2:4)');
    expect(api.calls).toHaveLength(6);
  });

  it('reads the root anew and nothing else of what lies between', async () => {
    put([
      [1, undefined],
      [2, 1, 'a'],
      [3, 2, 'b'],
      [4, 3, 'c'],
      [5, 4, 'd'],
    ]);
    await family.tree(aJobid(5), 'g1');
    await clock.advance(10_000);
    api.calls.length = 0;

    await family.tree(aJobid(5), 'g1');

    expect(api.calls).toHaveLength(3);
  });

  it('shows what it knows while the API is down', async () => {
    put([
      [1, undefined],
      [2, 1, 'V1'],
    ]);
    await family.tree(aJobid(2), 'g1');
    await clock.advance(60_000);
    api.isDown = true;

    expect(toText((await family.tree(aJobid(2), 'g1')).root)).toBe('1(V1:2)');
  });

  it('says who pressed, and never shows a job of another server', async () => {
    put([
      [1, undefined],
      [2, 1, 'U1'],
      [3, 1, 'V2'],
      [4, 3, '🔄'],
    ]);
    await tracker.observe(await api.readJob(aJobid(2)), { origin: { guildId: 'g1', userId: 'ann' } });
    await tracker.observe(await api.readJob(aJobid(3)), { origin: { guildId: 'g2', userId: 'bob' } });

    const own = await family.tree(aJobid(1), 'g1');
    const other = await family.tree(aJobid(1), 'g2');

    expect(toText(own.root)).toBe('1(U1:2)');
    expect(own.root.children[0]?.by).toBe('ann');
    expect(toText(other.root)).toBe('1(V2:3(🔄:4))');
    expect(JSON.stringify(own)).not.toContain('bob');
    await expect(family.tree(aJobid(3), 'g1')).rejects.toMatchObject({ code: 'job-unknown' });
  });

  it('never names a job of another server, also where there are too many to look at all', async () => {
    put([[1, undefined], ...Array.from({ length: 200 }, (_, at) => [at + 2, 1, `b${at}`] as const)]);
    for (let n = 2; n < 202; n += 2)
      await tracker.observe(await api.readJob(aJobid(n)), { origin: { guildId: 'g2', userId: 'bob' } });

    const tree = await family.tree(aJobid(1), 'g1');

    expect(membersOf(tree.root).filter(({ jobid }) => numberOf(jobid) % 2 === 0)).toEqual([]);
    expect(tree).toMatchObject({ count: 60, isCut: true, hasUnread: false });
  });

  it('does not read a stored job of another server, however old what is known of it', async () => {
    put([
      [1, undefined],
      [2, 1, 'V2'],
    ]);
    await tracker.observe(await api.readJob(aJobid(2)), { origin: { guildId: 'g2', userId: 'bob' } });
    await clock.advance(3_600_000);
    const asked: string[] = [];
    const read = api.readJob.bind(api);
    api.readJob = (jobid) => {
      asked.push(jobid);
      return read(jobid);
    };

    const tree = await family.tree(aJobid(1), 'g1');

    expect(toText(tree.root)).toBe('1');
    expect(asked).toContain(aJobid(1));
    expect(asked).not.toContain(aJobid(2));
  });

  it('begins below a parent of another server', async () => {
    put([
      [1, undefined],
      [2, 1, 'U1'],
      [3, 2, '⬅️'],
    ]);
    await tracker.observe(await api.readJob(aJobid(1)), { origin: { guildId: 'g2', userId: 'bob' } });
    await tracker.observe(await api.readJob(aJobid(2)), { origin: { guildId: 'g1', userId: 'ann' } });

    expect(toText((await family.tree(aJobid(3), 'g1')).root)).toBe('2(⬅️:3)');
  });

  it('keeps its place for a relative that cannot be read', async () => {
    put([
      [1, undefined],
      [2, 1, 'U1'],
    ]);
    api.jobs.delete(aJobid(2));

    const tree = await family.tree(aJobid(1), 'g1');

    expect(tree.hasUnread).toBe(true);
    expect(tree.root.children).toEqual([{ ref: toJobRef(aJobid(2)), jobid: aJobid(2), label: 'U1', children: [] }]);
  });

  it('stops reading after six seconds', async () => {
    put([[1, undefined], ...Array.from({ length: 20 }, (_, at) => [at + 2, at + 1, 'V1'] as const)]);
    const read = api.readJob.bind(api);
    api.readJob = async (jobid) => {
      await clock.advance(2_000);
      return read(jobid);
    };

    const tree = await family.tree(aJobid(1), 'g1');

    expect(tree.hasUnread).toBe(true);
    expect(api.calls).toHaveLength(4);
  });

  it('does not hang on a cycle of parents and children', async () => {
    put([
      [1, 3, 'a'],
      [2, 1, 'b'],
      [3, 2, 'c'],
    ]);

    const tree = await family.tree(aJobid(1), 'g1');

    expect(tree.count).toBe(3);
  });

  it('bounds a large family', async () => {
    put([[1, undefined], ...Array.from({ length: 99 }, (_, at) => [at + 2, 1, `b${at}`] as const)]);

    const tree = await family.tree(aJobid(50), 'g1');

    expect(tree).toMatchObject({ count: 60, isCut: true });
    expect(api.calls.length).toBeLessThanOrEqual(61);
  });

  it('puts up to ten siblings side by side, the job among them', async () => {
    put([[1, undefined], ...Array.from({ length: 14 }, (_, at) => [at + 2, 1, `b${at}`] as const)]);

    const few = await family.siblings(aJobid(3), 'g1');
    const late = await family.siblings(aJobid(15), 'g1');
    const alone = await family.siblings(aJobid(1), 'g1');

    expect(few.map(({ jobid }) => numberOf(jobid))).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(late.map(({ jobid }) => numberOf(jobid))).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(alone.map(({ jobid }) => numberOf(jobid))).toEqual([1]);
  });
});
