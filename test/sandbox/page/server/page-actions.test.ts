import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Page, startPage } from '../../../../sandbox/page/server/page-server.ts';
import { FakeWorld, GENERAL, MEMBER, OWNER, STAFF } from '../fake-world.ts';
import { EventReader, post } from '../page-client.ts';

let world: FakeWorld;
let page: Page;
let reader: EventReader;

beforeEach(async () => {
  world = new FakeWorld();
  page = await startPage({ world, port: 0, about: [] });
  reader = await EventReader.open(page.url, MEMBER);
});

afterEach(async () => {
  reader.close();
  await page.close();
});

const actor = { as: MEMBER, channelId: GENERAL, action: 'a1' };

describe('actions', () => {
  it.each([
    [
      '/api/command',
      { path: 'job show', options: { job: 'x', public: true } },
      'command',
      { channelId: GENERAL, command: { path: 'job show', options: { job: 'x', public: true } } },
    ],
    ['/api/press', { messageId: '5', customId: 'refresh' }, 'press', { messageId: '5', customId: 'refresh' }],
    [
      '/api/select',
      { messageId: '5', customId: 'open', values: ['a'] },
      'select',
      { messageId: '5', customId: 'open', values: ['a'] },
    ],
    [
      '/api/user-command',
      { userId: '7', name: 'Who' },
      'userCommand',
      { channelId: GENERAL, targetId: '7', name: 'Who' },
    ],
    [
      '/api/message-command',
      { messageId: '5', name: 'Show job' },
      'messageCommand',
      { messageId: '5', name: 'Show job' },
    ],
  ])('passes %s on as the member', async (path, data, what, expected) => {
    const answer = await post(page, path, { ...actor, ...data });

    expect(answer.status).toBe(202);
    expect(world.deeds).toEqual([{ userId: MEMBER, what, data: expected }]);
  });

  it('passes files among a command’s options on', async () => {
    const form = new FormData();
    form.set('payload', JSON.stringify({ ...actor, path: 'upload', options: { kind: 'mask' } }));
    form.set('file:mask', new File(['hello'], 'mask.png', { type: 'image/png' }));

    const answer = await fetch(`${page.url}/api/command`, {
      method: 'POST',
      body: form,
      headers: { Origin: page.url },
    });

    const mask = { name: 'mask.png', contentType: 'image/png', bytes: new TextEncoder().encode('hello') };
    expect(answer.status).toBe(202);
    expect(world.deeds[0]?.data).toEqual({
      channelId: GENERAL,
      command: { path: 'upload', options: { kind: 'mask', mask } },
    });
  });

  it.each([
    ['/api/say', { text: ' hello ' }, 'send', { channelId: GENERAL, content: 'hello' }],
    ['/api/dismiss', { messageId: '5' }, 'dismiss', { messageId: '5' }],
  ])('does %s at once', async (path, data, what, expected) => {
    const answer = await post(page, path, { as: MEMBER, channelId: GENERAL, ...data });
    const elsewhere = await post(page, path, { as: MEMBER, channelId: STAFF, ...data });

    expect([answer.status, elsewhere.status]).toEqual([204, 404]);
    expect(world.deeds).toEqual([{ userId: MEMBER, what, data: expected }]);
  });

  it('notifies the member, and nobody else, how an action ended', async () => {
    const other = await EventReader.open(page.url, OWNER);
    const modal = { custom_id: 'm', title: 'Why', components: [] };
    world.answer = async () => ({ id: '77', state: 'modal', modal, followUps: [] });

    await post(page, '/api/press', { ...actor, messageId: '5', customId: 'why' });

    const settled = { action: 'a1', channelId: GENERAL, interactionId: '77', state: 'modal', modal };
    expect(await reader.next()).toEqual({ kind: 'settled', settled });
    world.emit({ kind: 'world' });
    expect(await other.next()).toEqual({ kind: 'world' });
    other.close();
  });

  it.each([
    ['a failed interaction', async () => ({ id: '7', state: 'failed', failure: 'No answer', followUps: [] }) as const],
    ['a throw', async () => Promise.reject(new Error('No answer'))],
  ])('reports %s as a failure', async (_what, answer) => {
    world.answer = answer;

    await post(page, '/api/command', { ...actor, path: 'jobs', options: {} });

    expect(await reader.next()).toMatchObject({ settled: { action: 'a1', state: 'failed', failure: 'No answer' } });
  });

  it('answers an autocomplete with the choices', async () => {
    world.choices = [{ name: 'a red boat', value: 'ab12' }];

    const answer = await post(page, '/api/autocomplete', {
      ...actor,
      path: 'job show',
      options: { job: 'a' },
      focused: 'job',
    });

    expect(JSON.parse(answer.body)).toEqual({ choices: [{ name: 'a red boat', value: 'ab12' }] });
    expect(world.deeds[0]?.data).toMatchObject({
      focused: 'job',
      command: { path: 'job show', options: { job: 'a' } },
    });
  });

  it('hands over the values and the files of a modal', async () => {
    const form = new FormData();
    form.set('payload', JSON.stringify({ ...actor, interactionId: '77', values: { why: 'because', who: ['1', '2'] } }));
    form.append('file:proof', new File(['abc'], 'a.png', { type: 'image/png' }));
    form.append('file:proof', new File(['de'], 'b.bin'));

    const response = await fetch(`${page.url}/api/submit`, {
      method: 'POST',
      body: form,
      headers: { Origin: page.url },
    });

    expect(response.status).toBe(202);
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(world.deeds[0]?.data).toEqual({
      interactionId: '77',
      values: {
        why: 'because',
        who: ['1', '2'],
        proof: [
          { name: 'a.png', contentType: 'image/png', bytes: bytes('abc') },
          { name: 'b.bin', contentType: 'application/octet-stream', bytes: bytes('de') },
        ],
      },
    });
  });

  it.each([
    ['/api/command', { path: '', options: {} }],
    ['/api/command', { path: 'jobs', options: { a: { b: 1 } } }],
    ['/api/press', { messageId: 'x', customId: 'a' }],
    ['/api/press', { messageId: '1', customId: 'x'.repeat(101) }],
    ['/api/select', { messageId: '1', customId: 'a', values: Array.from({ length: 26 }, () => 'a') }],
    ['/api/submit', {}],
    ['/api/autocomplete', { path: 'jobs' }],
  ])('refuses %s with %j', async (path, data) => {
    const answer = await post(page, path, { ...actor, ...data });

    expect([answer.status, world.deeds]).toEqual([400, []]);
  });

  it.each([
    ['a channel the member may not view', { channelId: STAFF }],
    ['an unknown member', { as: '1' }],
  ])('refuses to act in the name of %s', async (_what, over) => {
    const data = { ...actor, path: 'jobs', options: {}, ...over };

    const answers = [
      await post(page, '/api/command', data),
      await post(page, '/api/autocomplete', { ...data, focused: 'a' }),
    ];

    expect([answers.map((answer) => answer.status), world.deeds]).toEqual([[404, 404], []]);
  });

  it('refuses a body that is too large', async () => {
    const answer = await post(page, '/api/command', { ...actor, path: 'jobs', options: { a: 'x'.repeat(300_000) } });

    expect([answer.status, world.deeds]).toEqual([413, []]);
  });
});
