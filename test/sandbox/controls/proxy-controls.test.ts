import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDiscordStandIn } from '../../../sandbox/discord/discord-stand-in.ts';
import { startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import type { ControlOrder, ProxySettings } from '../../../sandbox/page/server/page-controls.ts';
import { type ShownPage, showPage } from '../../../sandbox/sandbox.ts';
import { startUseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import { post } from '../page/page-client.ts';

let discord: Awaited<ReturnType<typeof startDiscordStandIn>>;
let useapi: Awaited<ReturnType<typeof startUseapiStandIn>>;
let mj: Awaited<ReturnType<typeof startMjStandIn>>;
let shown: ShownPage;

beforeEach(async () => {
  discord = await startDiscordStandIn();
  useapi = await startUseapiStandIn({ speed: 0 });
  mj = await startMjStandIn({ speed: 0 });
  shown = await showPage(discord, useapi, 0, { mj });
});

afterEach(async () => {
  await shown.close();
  await discord.close();
  await useapi.close();
  await mj.close();
});

async function give(order: ControlOrder): Promise<void> {
  const { status, body } = await post(shown.page, '/api/controls', order);
  if (status !== 200) throw new Error(`${status} ${body}`);
}

async function askProxy(path: string, body?: object): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${mj.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'mj-api-secret': mj.secret, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  }).catch(() => undefined);
  return { status: answer?.status ?? 0, text: (await answer?.text()) ?? '' };
}

describe('the controls of a Midjourney proxy', () => {
  it('start a job there and end it, beside those of the API', async () => {
    await give({ order: 'start-job', version: 'mj', jobType: 'image', prompt: 'a kite' });
    await give({ order: 'start-job', version: 'v3', jobType: 'image', prompt: 'a boat' });
    const jobid = mj.world.list()[0]?.jobid ?? '';

    await give({ order: 'end-job', jobid, to: 'moderated' });

    expect(mj.world.list()).toMatchObject([{ prompt: 'a kite', status: 'moderated' }]);
    expect(useapi.world.list()).toMatchObject([{ prompt: 'a boat', status: 'created' }]);
    expect(shown.controls.state().proxy?.jobs).toMatchObject([{ jobid, version: 'mj', status: 'moderated' }]);
    expect(shown.controls.state().api?.jobs).toMatchObject([{ version: 'v3' }]);
  });

  it.each([
    ['down', 0],
    ['error', 500],
    ['garbage', 200],
  ] as const)('put it into trouble and out again: %s', async (trouble, status) => {
    await give({ order: 'set-proxy', settings: { trouble } });
    const during = await askProxy('/task/list');
    await give({ order: 'set-proxy', settings: { trouble: 'normal' } });

    expect([during.status, (await askProxy('/task/list')).status]).toEqual([status, 200]);
    expect(mj.faults.list()).toEqual([]);
  });

  it.each<[Partial<ProxySettings>, string]>([
    [{ submits: 'queue-full' }, '"code":23'],
    [{ submits: 'limit' }, '"code":4'],
    [{ submits: 'no-account' }, '"code":3'],
    [{ submits: 'queued' }, '"code":22'],
  ])('decide what becomes of new tasks: %j', async (settings, code) => {
    await give({ order: 'set-proxy', settings });

    expect((await askProxy('/submit/imagine', { prompt: 'a kite' })).text).toContain(code);
  });

  it('set what is reported of such servers', async () => {
    const settings = { files: 'late', progress: 'stays-submitted', longPrompts: 'never-end' } as const;
    await give({ order: 'set-proxy', settings });
    await give({ order: 'set-proxy', settings: { account: 'awaits-confirmation', cancel: 'nothing' } });

    expect(mj.world.switches).toMatchObject({
      mediaLateMs: 60_000,
      staysSubmitted: true,
      longPrompts: 'never-end',
      account: 'awaits-confirmation',
      cancel: 'nothing',
    });
  });

  it('make another kind of proxy of it, for which the bot starts anew', async () => {
    let starts = 0;
    const bot = await shown.controls.runBot(async () => {
      starts += 1;
      return { stop: async () => undefined };
    });

    await give({ order: 'set-proxy', settings: { flavour: 'new-api' } });
    await give({ order: 'set-proxy', settings: { flavour: 'new-api', cancel: 'nothing' } });
    await bot.stop();

    expect(starts).toBe(2);
    expect((await askProxy('/task/list')).status).toBe(404);
    expect((await askProxy('/task/list-by-condition', { ids: [] })).status).toBe(200);
  });

  it('undo everything at once but its kind, and speed up all jobs alike', async () => {
    const settings = { flavour: 'novicezk', trouble: 'down', submits: 'limit', files: 'late' } as const;
    await give({ order: 'set-proxy', settings });
    await give({ order: 'set-speed', speed: 60 });
    const during = [mj.world.speed, useapi.world.speed];

    await give({ order: 'reset' });

    expect(during).toEqual([60, 60]);
    expect(shown.controls.state().proxy).toMatchObject({
      speed: 1,
      settings: { flavour: 'novicezk', trouble: 'normal', submits: 'accepted', files: 'at-once' },
    });
    expect(mj.faults.list()).toEqual([]);
  });

  it('refuse what only the API has where there is none', async () => {
    await shown.close();
    shown = await showPage(discord, undefined, 0, { mj });

    const refused = await post(shown.page, '/api/controls', { order: 'set-slots', slots: 3 });
    await give({ order: 'start-job', version: 'mj', jobType: 'video', prompt: 'a kite' });

    expect(refused.status).toBe(409);
    expect(mj.world.list()).toMatchObject([{ jobType: 'video' }]);
  });
});
