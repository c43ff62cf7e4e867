import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ids, startWorld, textOf, type World } from './start-world.ts';

const EDIT = 'PATCH /webhooks/{webhook_id}/{webhook_token}/messages/';
/** Together more than is sent along with a card's text. */
const PICTURE = `GIF89a${'x'.repeat(400_000)}`;
const BYTES_PER_SECOND = 2_000_000;

describe('/job show over a slow line to Discord', () => {
  let world: World;
  let jobid: string;

  beforeAll(async () => {
    world = await startWorld();
    jobid = world.useapi.world.startJob({ version: 'v3', prompt: 'a slow river' });
    world.useapi.world.advance(jobid, { to: 'completed' });
    world.useapi.faults.add({
      match: { path: 'attachments|/v1/proxy/' },
      action: { kind: 'status', status: 200, body: PICTURE, headers: { 'content-type': 'image/gif' } },
    });
  });
  afterAll(() => world.close());

  const edits = () => world.discord.requests.list().filter(({ route }) => route.startsWith(EDIT));

  const takenAt = (entry = edits()[0]) => (entry?.at ?? 0) + (entry?.durationMs ?? 0);

  it('shows the text long before the files are there', async () => {
    world.discord.faults.add({ fault: { kind: 'slow-uplink', bytesPerSecond: BYTES_PER_SECOND }, route: EDIT });

    const { message } = await world.member.command(ids.general, { path: 'job show', options: { job: jobid } });
    const text = textOf(message);
    await expect.poll(() => edits().length).toBe(2);
    const [first, second] = edits();

    expect(text).toContain('a slow river');
    expect([first?.files, second?.files.length]).toEqual([[], expect.any(Number)]);
    expect(second?.files.length).toBeGreaterThan(2);
    expect(takenAt(second) - takenAt(first)).toBeGreaterThan(500);
  });
});
