import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SeenInteraction } from '../../sandbox/discord/world/people.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { hasPostgres } from '../postgres.ts';
import { ScaleWorld } from '../scale/scale-world.ts';
import { answerTo, controlOf, ids, textOf } from './start-world.ts';

const SECRET = 'user:777-an-own-secret-that-nobody-may-see';
const limits = { timeout: 180_000 };

const toKey = (name: string) => `${name}:${randomBytes(32).toString('base64')}`;
const old = toKey('old');
const fresh = toKey('fresh');

describe.skipIf(!hasPostgres)('an own account on PostgreSQL (skipped where there is no server)', limits, () => {
  let world: ScaleWorld;
  let own: UseapiStandIn;

  beforeEach(async () => {
    own = await startUseapiStandIn({ speed: 0, token: SECRET });
    world = await ScaleWorld.start(false);
  });
  afterEach(async () => {
    await world.close();
    await own.close();
  });

  const addBot = async (keys: string) => {
    await world.addBot('all', { SECRETS_KEY: keys, ALLOW_PRIVATE_BACKENDS: '1' });
    await world.settled();
  };
  /** The process that works ends for good, so that the one works which stood by. */
  const handOver = async (how: 'SIGKILL' | 'SIGTERM') => {
    await (await world.working()).bot?.close(how);
    await world.until('the next one to be asked', async () => (await help()).state === 'answered');
  };
  const owner = () => world.discord.people(ids.owner);
  const help = () => owner().command(ids.general, { path: 'help' });
  const setup = async () => (await world.owner('setup', {})).message;
  const imagine = async (prompt: string) => textOf(answerTo(await owner().command(ids.general, toImagine(prompt))));
  const prompts = () => own.world.list().map(({ prompt }) => prompt);

  const bring = async (): Promise<SeenInteraction> => {
    const card = await setup();
    const form = await owner().press(card?.id ?? '', controlOf(card, 'setup-account'));
    return owner().submit(form.id, { kind: ['useapi'], address: own.url, secret: SECRET });
  };
  const remove = async (): Promise<SeenInteraction> => {
    const card = await setup();
    const asked = answerTo(await owner().press(card?.id ?? '', controlOf(card, 'setup-account-ask')));
    return owner().press(asked?.id ?? '', controlOf(asked, 'setup-account-remove'));
  };
  /** What is kept of it, with the names of its columns. */
  const kept = async () => {
    const { schema } = world.database;
    const rows = await world.database.read(`SELECT * FROM ${schema}.documents WHERE collection = 'own-accounts'`);
    return JSON.stringify(rows);
  };

  it('is made and used, and found again by the process that takes over after a kill', async () => {
    await addBot(old);
    await addBot(old);
    const made = textOf((await bring()).message);
    await imagine('a fox before the kill');

    await handOver('SIGKILL');
    await imagine('a fox after the kill');

    expect(made).toContain('New jobs run on your own account now.');
    expect(prompts().toSorted()).toEqual(['a fox after the kill', 'a fox before the kill']);
    expect(world.useapi.world.list()).toEqual([]);
    expect(textOf(await setup())).toContain(`Brought by <@${ids.owner}>`);
    expect(await kept()).not.toContain(SECRET);
  });

  it('is encrypted anew by a process that takes over with a new key, and needs the old one no more', async () => {
    await addBot(old);
    await bring();
    const before = await kept();
    await addBot(`${fresh},${old}`);

    await handOver('SIGTERM');
    const shown = textOf(await setup());
    const rotated = await kept();
    await addBot(fresh);
    await handOver('SIGTERM');
    await imagine('a fox under the new key');

    expect(shown).toContain('key `fresh`');
    expect(rotated).not.toBe(before);
    expect(prompts()).toEqual(['a fox under the new key']);
  });

  it('is gone for the next process too once it is removed', async () => {
    await addBot(old);
    await bring();
    const removed = await remove();
    await addBot(old);

    await handOver('SIGTERM');
    own.clearRequests();
    await imagine('a fox of all');

    expect(textOf(answerTo(removed))).toContain('I no longer have its secret.');
    expect(textOf(await setup())).toContain('Bring an account');
    expect(own.requests).toEqual([]);
    expect(world.useapi.world.list().map(({ prompt }) => prompt)).toEqual(['a fox of all']);
    expect(await kept()).toBe('[]');
  });
});

function toImagine(prompt: string) {
  return { path: 'imagine', options: { prompt } };
}
