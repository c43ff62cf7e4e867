import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { toLabelHash } from '../../src/jobs/label-hash.ts';
import { type ActingWorld, labelsOf, startActing } from './acting-world.ts';
import { controlOf, ids, textOf, type World, walk } from './start-world.ts';

const { general } = ids;

describe('families, sharing and message commands, over sockets', () => {
  let acting: ActingWorld;
  let world: World;

  beforeAll(async () => {
    acting = await startActing();
    world = acting.world;
  });
  afterAll(() => world.close());

  const family = (job: string) => world.member.command(general, { path: 'job family', options: { job } });
  const child = (parentJobid: string, button: string, prompt: string) => {
    const jobid = world.useapi.world.startJob({ parentJobid, button, prompt });
    world.useapi.world.advance(jobid, { to: 'completed' });
    return jobid;
  };
  const gallery = (message: Parameters<typeof textOf>[0]) =>
    walk(message?.components).flatMap((part) => (Array.isArray(part['items']) ? part['items'] : []));

  it('shows the tree with the buttons that led there and who pressed, and opens each of it', async () => {
    const { message, jobid } = await acting.aCard('v3', 'the root');
    const pressed = await world.moderator.press(message.id, controlOf(message, 'press', 'V1'));
    const variation = world.useapi.world.list().at(-1)?.jobid ?? '';
    world.useapi.world.advance(variation, { to: 'completed' });
    const upscale = child(variation, 'U2', 'the grandchild');

    const seen = await family(upscale);
    const values = [...JSON.stringify(seen.message?.components).matchAll(/"value":"(\w{8})"/g)].map(
      (found) => found[1],
    );
    const opened = await world.member.select(seen.message?.id ?? '', controlOf(seen.message, 'job-open'), [
      values[2] ?? '',
    ]);

    expect(textOf(pressed.message)).toContain('is pressed');
    expect(textOf(seen.message)).toMatch(
      /3 jobs in the family.*✅ .*the root.*└ ✅ V1 → .* by <@\d+>.*└ ✅ U2 → .*the grandchild/,
    );
    expect(textOf(seen.message)).toContain(`by <@${ids.moderator}>`);
    expect(textOf(opened.message)).toContain('the grandchild');
    expect(world.useapi.world.find(jobid)?.children).toHaveLength(1);
  });

  it('shows the second of two presses at once, although the job they were made from cannot be read any more', async () => {
    const { message, jobid } = await acting.aCard('v3', 'pressed twice');
    const mend = world.useapi.faults.add({
      match: { method: 'GET', path: `/v3/midjourney/jobs/${encodeURIComponent(jobid)}` },
      action: { kind: 'status', status: 503, body: { error: 'x' } },
    });

    await Promise.all(
      ['V1', 'V2', 'V3'].map((label) => world.moderator.press(message.id, controlOf(message, 'press', label))),
    );
    const seen = await family(jobid);

    mend();
    expect(textOf(seen.message)).toMatch(/4 jobs in the family/);
    for (const label of ['V1', 'V2', 'V3']) expect(textOf(seen.message)).toContain(`${label} → `);
  });

  it('shows what was made elsewhere ten seconds after it was opened last, and asks once for two who open it', async () => {
    const { jobid } = await acting.aCard('v3', 'a late child');
    const first = child(jobid, 'V1', 'the first child');
    await family(first);
    child(jobid, 'V4', 'made elsewhere');
    world.skip(10_000);
    const before = world.useapi.requests.length;

    const seen = await Promise.all([family(first), family(first)]);

    for (const { message } of seen) expect(textOf(message)).toContain('made elsewhere');
    expect(world.useapi.requests.slice(before)).toHaveLength(3);
  });

  it('compares up to ten siblings in one gallery, one picture each', async () => {
    const { jobid } = await acting.aCard('v3', 'many children');
    const made = Array.from({ length: 12 }, (_, n) => child(jobid, `Button ${n}`, `sibling ${n}`));

    const seen = await family(made.at(-1) ?? '');
    const compared = await world.member.press(seen.message?.id ?? '', controlOf(seen.message, 'family-compare'));

    expect(textOf(compared.message)).toContain('10 siblings');
    expect(gallery(compared.message)).toHaveLength(10);
    expect(textOf(compared.message)).not.toContain('midjourney.com');
  });

  it('shows on the card of a job that all servers share only what was made of it here', async () => {
    const shared = world.useapi.world.startJob({ prompt: 'shared' });
    world.useapi.world.advance(shared, { to: 'completed' });
    const show = { path: 'job show', options: { job: shared, public: true } };
    const there = (await world.outsider.command(ids.otherGeneral, show)).message;
    await world.outsider.press(there?.id ?? '', controlOf(there, 'press', 'V1'));
    const own = child(shared, 'V2', 'made outside Discord');
    await family(own);

    const here = (await world.owner.command(general, show)).message;
    const again = (await world.outsider.command(ids.otherGeneral, show)).message;

    expect(/\*\*Children\*\* ([^"\\]*)/.exec(textOf(here))?.[1]).toBe(`V2 \`${toJobRef(own)}\``);
    expect(labelsOf(here)).toContain('V1');
    expect(labelsOf(again)).toContain('V1 ✓');
  });

  it('shares a private card with the channel, for those who may', async () => {
    const { jobid } = await acting.aCard('v3', 'to be shared');
    const mine = await world.moderator.command(general, { path: 'job show', options: { job: jobid } });
    const theirs = await world.member.command(general, { path: 'job show', options: { job: jobid } });
    const before = acting.posts(general).length;

    const refused = await world.member.press(theirs.message?.id ?? '', controlOf(theirs.message, 'share'));
    const done = await world.moderator.press(mine.message?.id ?? '', controlOf(mine.message, 'share'));

    const shared = acting.posts(general).at(-1);
    expect(textOf(refused.message)).toContain('You may not share');
    expect(textOf(done.message)).toContain(`/${general}/${shared?.id}`);
    expect(acting.posts(general)).toHaveLength(before + 1);
    expect(textOf(shared)).toContain('to be shared');
    expect(labelsOf(shared)).not.toContain('Share');
  });

  it('shows the job of a card, and why it was told, from the menu of its message', async () => {
    await world.owner.command(general, { path: 'notify add', options: { channel: ids.showcase } });
    const jobid = world.useapi.world.startJob({ prompt: 'told by a rule' });
    await world.app().poll();
    world.useapi.world.advance(jobid, { to: 'completed' });
    await world.app().poll();
    await world.app().whenIdle();
    const card = acting.posts(ids.showcase).at(-1);

    const details = await world.member.messageCommand(card?.id ?? '', 'Job details');
    const why = await world.owner.messageCommand(card?.id ?? '', 'Explain notification');
    const refused = await world.member.messageCommand(card?.id ?? '', 'Explain notification');

    expect(textOf(details.message)).toContain('told by a rule');
    expect(textOf(why.message)).toMatch(/#1 ✓ matched/);
    expect(textOf(refused.message)).toContain('Manage Server');
  });

  it('says that a message is no card of its own', async () => {
    const written = world.discord.people(ids.owner).send(general, 'just a text');
    const planted = acting.plant(general, ['something-else']);

    const ofOthers = await world.member.messageCommand(written.id, 'Job details');
    const noCard = await world.member.messageCommand(planted, 'Job details');

    expect(textOf(ofOthers.message)).toContain('no card of one job of mine');
    expect(textOf(noCard.message)).toContain('no card of one job of mine');
  });

  it('shows of what awaits review only that, and shares and presses none of it', async () => {
    const { jobid } = await acting.aCard('v3', 'published before');
    await acting.change((settings) => ({ ...settings, review: { ...settings.review, mode: 'on' } }));
    const held = child(jobid, 'V2', 'a secret result');
    const before = acting.paid();

    const seen = await family(held);
    const share = `share:${toJobRef(held)}`;
    const shared = await world.owner.press(acting.plant(general, [share]), share);
    const button = `press:${toJobRef(held)}:${toLabelHash('V1')}`;
    const pressed = await world.moderator.press(acting.plant(general, [button]), button);
    const compare = `family-compare:${toJobRef(held)}`;
    const compared = await world.member.press(acting.plant(general, [compare]), compare);
    const reject = `review-reject:${toJobRef(held)}`;
    const form = await world.owner.press(acting.plant(general, [reject]), reject);
    await world.owner.submit(form.id, { reason: 'too dark' });
    const sharedLater = await world.owner.press(acting.plant(general, [share]), share);
    const pressedLater = await world.moderator.press(acting.plant(general, [button]), button);
    const comparedLater = await world.member.press(acting.plant(general, [compare]), compare);

    expect(textOf(seen.message)).toContain('awaiting review');
    expect(textOf(seen.message)).not.toContain('a secret result');
    expect(textOf(shared.message)).toContain('awaits review');
    expect(textOf(pressed.message)).toContain('awaits review');
    expect(textOf(compared.message)).toContain('awaiting review');
    expect(textOf(compared.message)).not.toContain('a secret result');
    for (const { message } of [sharedLater, pressedLater]) expect(textOf(message)).toMatch(/did not approve.*imagine/);
    expect(textOf(comparedLater.message)).toContain('not approved by the review');
    expect(acting.paid()).toBe(before);
  });
});
