import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from './fake-submission-api.ts';
import { SubmissionBot } from './submission-rig.ts';

const ROUNDS = 12;
const PROCESSES = 2;

describe('the fence before a paid POST', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fence-'));
    path = join(folder, 'bot.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets one of two processes press a button and submit a prompt, and never both', async () => {
    const racers = Array.from({ length: PROCESSES }, () => startRacer(path));
    await Promise.all(racers.map(({ ready }) => ready));
    for (const { child } of racers) child.stdin.end('go');
    const said = await Promise.all(racers.map(({ ended }) => ended));

    const numbers = Array.from({ length: ROUNDS }, (_, n) => n + 1);
    const wanted = numbers.flatMap((n) => [`posted ${aJobid(n)}`, `posted harbour ${n}`]);
    const posted = said.flat().filter((line) => line.startsWith('posted '));
    expect(posted.toSorted()).toEqual(wanted.toSorted());
  });

  describe('with two connections', () => {
    let stores: SqliteStore[];
    let api: FakeSubmissionApi;
    let bots: SubmissionBot[];
    beforeEach(async () => {
      stores = [SqliteStore.open(path), SqliteStore.open(path)];
      api = new FakeSubmissionApi();
      api.put(anApiJob({ jobid: aJobid(1), status: 'completed', buttons: ['V1'] }));
      bots = stores.map((store) => new SubmissionBot(api, store, new FakeClock()));
      for (const bot of bots) await bot.tracker.observe(await api.readJob(aJobid(1)));
    });
    afterEach(() => Promise.all(stores.map((store) => store.close())));

    it('shows the slower one that the button was pressed already', async () => {
      const outcomes = await Promise.all(bots.map((bot) => bot.press(toJobRef(aJobid(1)), 'V1')));

      expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['already-pressed', 'pressed']);
      expect(api.posts).toHaveLength(1);
    });

    it('sends what waits in the line of both once', async () => {
      const [first, second] = bots;
      api.fates = ['busy'];
      await first?.press(toJobRef(aJobid(1)), 'V1');
      const [waiting] = (await first?.submissionStore.pending()) ?? [];
      if (waiting === undefined) throw new Error('Nothing waits.');

      const begun = await Promise.all([first, second].map((bot) => bot?.submissions.runner.resume(waiting.submission)));

      expect(begun.filter((submission) => submission !== undefined)).toHaveLength(1);
    });
  });
});

type Racer = ChildProcessByStdio<Writable, Readable, null>;

function startRacer(path: string) {
  const script = fileURLToPath(new URL('racing-presser.ts', import.meta.url));
  const child: Racer = spawn(process.execPath, ['--no-warnings', script, path, String(ROUNDS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ready = Promise.withResolvers<void>();
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
    if (text.includes('ready\n')) ready.resolve();
  });
  const ended = once(child, 'close').then(() => text.split('\n'));
  return { child, ready: ready.promise, ended };
}
