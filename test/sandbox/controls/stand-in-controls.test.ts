import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Permission } from '../../../sandbox/discord/discord-numbers.ts';
import { startDiscordStandIn } from '../../../sandbox/discord/discord-stand-in.ts';
import { has, toChannelPermissions } from '../../../sandbox/discord/world/member-permissions.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import type { ControlOrder } from '../../../sandbox/page/server/page-controls.ts';
import { type ShownPage, showPage } from '../../../sandbox/sandbox.ts';
import { startUseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import { post, send } from '../page/page-client.ts';

let discord: Awaited<ReturnType<typeof startDiscordStandIn>>;
let useapi: Awaited<ReturnType<typeof startUseapiStandIn>>;
let shown: ShownPage;

beforeEach(async () => {
  discord = await startDiscordStandIn();
  useapi = await startUseapiStandIn({ speed: 0 });
  shown = await showPage(discord, useapi, 0);
});

afterEach(async () => {
  await shown.close();
  await discord.close();
  await useapi.close();
});

async function give(order: ControlOrder): Promise<void> {
  const { status, body } = await post(shown.page, '/api/controls', order);
  if (status !== 200) throw new Error(`${status} ${body}`);
}

async function askApi(path = '/v3/midjourney/jobs'): Promise<number> {
  const answer = await fetch(`${useapi.url}${path}`, {
    headers: { authorization: `Bearer ${useapi.token}` },
  }).catch(() => ({ status: 0 }));
  return answer.status;
}

async function askDiscord(): Promise<number> {
  const answer = await fetch(`${discord.apiUrl}/v10/users/@me`, { headers: { authorization: `Bot ${discord.token}` } });
  return answer.status;
}

function botMay(permission: bigint): boolean {
  const channel = discord.world.channels.get(ids.general);
  return channel !== undefined && has(toChannelPermissions(discord.world, channel, ids.application), permission);
}

describe('the world’s controls', () => {
  it('starts a job and ends it', async () => {
    await give({ order: 'start-job', version: 'v2', jobType: 'video', prompt: 'a kite' });
    const jobid = useapi.world.list()[0]?.jobid ?? '';

    await give({ order: 'end-job', jobid, to: 'moderated' });

    expect(useapi.world.find(jobid)).toMatchObject({
      version: 'v2',
      jobType: 'video',
      prompt: 'a kite',
      status: 'moderated',
    });
    expect(shown.controls.state().api?.jobs).toMatchObject([{ jobid, status: 'moderated', isRunning: false }]);
  });

  it('says why an order cannot be carried out', async () => {
    await give({ order: 'start-job', version: 'v3', jobType: 'image', prompt: 'a kite' });
    const jobid = useapi.world.list()[0]?.jobid ?? '';
    await give({ order: 'end-job', jobid, to: 'completed' });

    const again = await post(shown.page, '/api/controls', { order: 'end-job', jobid, to: 'failed' });

    expect([again.status, JSON.parse(again.body).error]).toEqual([409, 'a job that is completed cannot become failed']);
  });

  it.each([
    ['down', 0],
    ['error', 500],
    ['rate-limited', 429],
    ['garbage', 200],
    ['unpaid', 402],
  ] as const)('puts the API into trouble and out again: %s', async (trouble, status) => {
    await give({ order: 'set-api', trouble });
    const during = await askApi();
    await give({ order: 'set-api', trouble: 'normal' });

    expect([during, await askApi()]).toEqual([status, 200]);
    expect(useapi.faults.list()).toEqual([]);
  });

  it('blocks the API’s channels and frees them', async () => {
    await give({ order: 'set-api', trouble: 'blocked' });
    const during = useapi.world.listChannels().map((channel) => channel.isBlocked);
    await give({ order: 'set-api', trouble: 'normal' });

    expect([during, useapi.world.listChannels().map((channel) => channel.isBlocked)]).toEqual([[true], [false]]);
  });

  it('takes Discord’s REST API down and brings it back', async () => {
    await give({ order: 'set-rest', trouble: 'down' });
    const during = await askDiscord();
    await give({ order: 'set-rest', trouble: 'normal' });

    expect([during, await askDiscord()]).toEqual([503, 200]);
  });

  it('takes one permission from the bot in a channel and gives it back', async () => {
    const before = botMay(Permission.SendMessages);
    await give({ order: 'set-ability', channelId: ids.general, ability: 'write', isAllowed: false });
    await give({ order: 'set-ability', channelId: ids.general, ability: 'attach', isAllowed: false });
    const taken = shown.controls.state().taken;
    const during = [botMay(Permission.SendMessages), botMay(Permission.AttachFiles), botMay(Permission.ViewChannel)];
    await give({ order: 'set-ability', channelId: ids.general, ability: 'write', isAllowed: true });

    expect([before, during, taken]).toEqual([true, [false, false, true], { [ids.general]: ['write', 'attach'] }]);
    expect([botMay(Permission.SendMessages), botMay(Permission.AttachFiles)]).toEqual([true, false]);
  });

  it('blocks words as AutoMod does, and lets them pass again', async () => {
    await give({ order: 'set-auto-mod', words: ['dragon'] });
    const during = discord.world.autoMod.wordsOf(ids.guild);
    await give({ order: 'set-auto-mod', words: [] });

    expect([during, discord.world.autoMod.wordsOf(ids.guild)]).toEqual([['dragon'], []]);
  });

  it('undoes everything at once', async () => {
    await give({ order: 'set-api', trouble: 'down' });
    await give({ order: 'set-speed', speed: 60 });
    await give({ order: 'set-slots', slots: 0 });
    await give({ order: 'set-rest', trouble: 'slow' });
    await give({ order: 'set-gateway', isDown: true });
    await give({ order: 'set-dms', userId: ids.member, isClosed: true });
    await give({ order: 'set-ability', channelId: ids.general, ability: 'see', isAllowed: false });
    await give({ order: 'set-auto-mod', words: ['dragon'] });

    await give({ order: 'reset' });

    expect(shown.controls.state()).toMatchObject({
      api: { trouble: 'normal', speed: 1, slots: 3 },
      rest: 'normal',
      isGatewayDown: false,
      taken: {},
      closedDms: [],
      blockedWords: [],
    });
  });

  it('restarts the bot, one step after the other, and shows its state', async () => {
    const steps: string[] = [];
    const start = async () => {
      steps.push(`start:${shown.controls.state().bot}`);
      return {
        stop: async () => {
          steps.push(`stop:${shown.controls.state().bot}`);
          await new Promise(setImmediate);
        },
      };
    };
    const bot = await shown.controls.runBot(start);

    const restart = () => shown.controls.carryOut({ order: 'restart-bot' });
    await Promise.all([restart(), restart()]);
    await bot.stop();

    const again = ['stop:stopping', 'start:starting'];
    expect(steps).toEqual(['start:starting', ...again, ...again, 'stop:stopping']);
    expect(shown.controls.state().bot).toBe('stopped');
  });

  it('lets the bot look at once, and as often as the jobs are fast', async () => {
    let looks = 0;
    let isSeen = Promise.withResolvers<void>();
    const poll = async () => {
      looks += 1;
      isSeen.resolve();
    };
    const bot = await shown.controls.runBot(async () => ({ stop: async () => undefined, poll }));

    await give({ order: 'look-now' });
    const asked = looks;
    for (let round = 0; round < 2; round += 1) {
      isSeen = Promise.withResolvers<void>();
      if (round === 0) await give({ order: 'set-speed', speed: 60 });
      await isSeen.promise;
    }
    await give({ order: 'reset' });
    const hurried = looks;
    await give({ order: 'look-now' });
    await bot.stop();
    await give({ order: 'look-now' });

    expect([asked, hurried >= 3, looks]).toEqual([1, true, hurried + 1]);
  });

  it('lets the bot see each job that is started or ended here', async () => {
    const seen: (string | undefined)[] = [];
    const poll = async () => void seen.push(useapi.world.list()[0]?.status);
    const bot = await shown.controls.runBot(async () => ({ stop: async () => undefined, poll }));

    await give({ order: 'start-job', version: 'v3', jobType: 'image', prompt: 'a kite' });
    await give({ order: 'end-job', jobid: useapi.world.list()[0]?.jobid ?? '', to: 'failed' });
    await bot.stop();

    expect(seen).toEqual(['created', 'failed']);
  });

  it('shows that the bot could not start, and starts it when asked again', async () => {
    let isBroken = false;
    const start = async () => {
      if (isBroken) throw new Error('the file is locked');
      return { stop: async () => undefined };
    };
    const bot = await shown.controls.runBot(start);
    isBroken = true;
    const refused = await post(shown.page, '/api/controls', { order: 'restart-bot' });
    const broken = shown.controls.state().bot;
    isBroken = false;

    await give({ order: 'restart-bot' });

    expect([refused.status, JSON.parse(refused.body).error, broken]).toEqual([409, 'the file is locked', 'failed']);
    expect(shown.controls.state().bot).toBe('running');
    await bot.stop();
  });

  it.each([
    ['another website', { Origin: 'https://example.org' }, 403],
    ['no JSON', { 'Content-Type': 'text/plain' }, 400],
  ])('takes no orders from %s', async (_, headers, status) => {
    const answer = await post(shown.page, '/api/controls', { order: 'set-speed', speed: 60 }, headers);

    expect([answer.status, useapi.world.speed]).toEqual([status, 0]);
  });

  it('refuses orders that it does not know', async () => {
    expect((await post(shown.page, '/api/controls', { order: 'set-speed', speed: 3 })).status).toBe(400);
    expect((await post(shown.page, '/api/controls', { order: 'format-disk' })).status).toBe(400);
  });

  it('lists what went over the wire of both stand-ins', async () => {
    await askApi();
    await askDiscord();

    const { body } = await send(`${shown.page.url}/api/wire?side=&text=&about=`);

    const sides = JSON.parse(body).lines.map((line: { side: string; path: string }) => `${line.side} ${line.path}`);
    expect(sides).toEqual(['api /v3/midjourney/jobs', 'discord /users/@me']);
  });
});
