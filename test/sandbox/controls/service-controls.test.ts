import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDiscordStandIn } from '../../../sandbox/discord/discord-stand-in.ts';
import type { ControlOrder } from '../../../sandbox/page/server/page-controls.ts';
import { type ShownPage, showPage } from '../../../sandbox/sandbox.ts';
import { startSiblingStandIn } from '../../../sandbox/siblings/sibling-stand-in.ts';
import { post } from '../page/page-client.ts';

const SERVICES = ['minimax', 'dreamina'] as const;

describe('the controls of services beside Midjourney', () => {
  let discord: Awaited<ReturnType<typeof startDiscordStandIn>>;
  let siblings: Awaited<ReturnType<typeof startSiblingStandIn>>[];
  let shown: ShownPage;

  beforeEach(async () => {
    discord = await startDiscordStandIn();
    siblings = await Promise.all(SERVICES.map((service) => startSiblingStandIn({ service, speed: 0 })));
    shown = await showPage(discord, undefined, 0, { siblings });
  });
  afterEach(async () => {
    await shown.close();
    await discord.close();
    for (const standIn of siblings) await standIn.close();
  });

  const give = (order: ControlOrder) => post(shown.page, '/api/controls', order);
  const jobsOf = (service: string) =>
    shown.controls.state().services.find((other) => other.service === service)?.jobs ?? [];

  it.each(SERVICES)('start, end, fail and moderate jobs of %s alone', async (service) => {
    for (const prompt of ['a kite', 'a boat', 'a bridge'])
      await give({ order: 'start-job', version: service, jobType: 'image', prompt });
    const ends = ['completed', 'failed', 'moderated'] as const;
    for (const [at, { jobid }] of jobsOf(service).entries())
      await give({ order: 'end-job', jobid, to: ends[at] ?? 'completed' });

    const other = SERVICES.find((name) => name !== service) ?? '';
    expect(
      jobsOf(service)
        .map(({ status }) => status)
        .sort(),
    ).toEqual([...ends].sort());
    expect(jobsOf(service)[0]).toMatchObject({ version: service });
    expect(jobsOf(other)).toEqual([]);
  });

  it('speed up all of them, and stand as usual again', async () => {
    await give({ order: 'set-speed', speed: 60 });
    const during = siblings.map(({ world }) => world.speed);
    await give({ order: 'reset' });

    expect(during).toEqual([60, 60]);
    expect(siblings.map(({ world }) => world.speed)).toEqual([1, 1]);
  });

  it('refuse what only the API has', async () => {
    const refused = await give({ order: 'start-job', version: 'v3', jobType: 'image', prompt: 'a kite' });

    expect(refused.status).toBe(409);
  });
});
