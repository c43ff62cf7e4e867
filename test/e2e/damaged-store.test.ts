import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { answerTo, ids, textOf, type World } from './start-world.ts';
import { type SubmissionWorld, startSubmissionWorld } from './submission-world.ts';

const STORE = resolve(import.meta.dirname, '../fixtures/store-0.1.sqlite');
const BROKEN_CODE = /"suspended":\{[^}]*\}/;

describe('a store of which something cannot be read', () => {
  let submissions: SubmissionWorld;
  let world: World;
  afterEach(() => world.close());

  async function start(damage: (database: DatabaseSync) => void): Promise<void> {
    submissions = await startSubmissionWorld({ storeFrom: STORE });
    world = submissions.world;
    await restartWith(damage);
  }
  const restartWith = (damage: (database: DatabaseSync) => void) =>
    world.betweenRuns(async () => {
      const database = new DatabaseSync(world.storePath);
      damage(database);
      database.close();
    });
  const owner = (path: string, options = {}) => world.owner.command(ids.general, { path, options });
  const read = async (path: string, options = {}) => textOf((await owner(path, options)).message);

  it('starts and answers though a document of each kind and an entry of each queue is garbage', async () => {
    await start((database) => {
      database.exec(`UPDATE keyv SET value = '{"val' WHERE rowid IN (SELECT min(rowid) FROM keyv GROUP BY namespace)`);
      database.exec(
        `UPDATE queue_entries SET payload = '{"gar' WHERE id IN (SELECT min(id) FROM queue_entries GROUP BY queue)`,
      );
    });
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'after the damage' });
    await world.app().poll();
    await world.app().whenIdle();

    for (const path of [
      'jobs',
      'notify list',
      'notify deliveries',
      'watch list',
      'mod settings',
      'mod log',
      'mod usage',
    ])
      expect(await read(path)).not.toMatch(/Something broke|cannot be read now/);
    expect(await read('job show', { job: jobid })).toContain('after the damage');
    const elsewhere = await world.outsider.command(ids.otherGeneral, { path: 'jobs' });
    expect(textOf(elsewhere.message)).toContain('after the damage');
  });

  it('keeps the rules that can be read, with their channel, where one has a code that is no number', async () => {
    await start((database) => {
      const row = database.prepare("SELECT value FROM keyv WHERE namespace = 'rules'").get();
      const broken = String(row?.['value'])
        .replace(BROKEN_CODE, '"suspended":{"reason":"x","code":null,"at":1}')
        .replace('"media":"none"', '"media":"sideways"');
      database.prepare("UPDATE keyv SET value = ? WHERE namespace = 'rules'").run(broken);
    });

    const rules = await read('notify list');
    expect(rules).toContain('59');
    expect(rules).toMatch(/#1\b.*#2\b.*#3\b.*#5\b/s);
    expect(rules).not.toMatch(/#4\b/);
    expect(await read('mod settings')).toContain('/notify list');
  });

  it('shuts a server whose settings cannot be read, says so, and serves it again once they are set', async () => {
    await start((database) => database.exec(`UPDATE keyv SET value = '{}' WHERE namespace = 'guild-settings'`));
    const jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'must not be shown' });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();

    const refused = await world.moderator.command(ids.general, { path: 'job show', options: { job: jobid } });
    const elsewhere = await world.outsider.command(ids.otherGeneral, { path: 'job show', options: { job: jobid } });
    await world.restart();
    const settings = await read('mod settings');
    const undone = await read('mod allow', { action: 'view', role: ids.guild });
    const allowed = await world.moderator.command(ids.general, { path: 'jobs' });

    expect(textOf(answerTo(refused))).toContain('may not');
    expect(submissions.posts(ids.showcase).map(textOf).join()).not.toContain('must not be shown');
    expect(textOf(elsewhere.message)).toContain('must not be shown');
    expect(settings).toMatch(/couldn’t read this server’s settings.*administrators/s);
    expect(undone).toContain('mod-undo:');
    expect(textOf(allowed.message)).not.toContain('may not');
  });
});
