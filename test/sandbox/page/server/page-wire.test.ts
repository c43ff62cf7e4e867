import { describe, expect, it } from 'vitest';
import { type NewWireLine, PageWire } from '../../../../sandbox/page/server/page-wire.ts';

const MESSAGE = '500000000000000001';
const INTERACTION = '600000000000000001';
const ALL = { text: '', about: '', side: '' } as const;

function aRequest(over: Partial<NewWireLine> = {}): NewWireLine {
  return { side: 'discord', at: 1, method: 'POST', path: '/channels/1/messages', status: 200, durationMs: 3, ...over };
}

function aWire(secrets: readonly string[] = []): PageWire {
  return new PageWire(secrets, (messageId) => (messageId === MESSAGE ? INTERACTION : undefined));
}

describe('the wire view', () => {
  it('shows no secret, no token and no address of the service behind', () => {
    const wire = aWire(['a-very-secret-token']);

    wire.add(
      aRequest({
        path: '/x?sig=abc&ex=12',
        body: { token: 'tok-123', replyUrl: 'https://cdn.midjourney.com/0a1b/0_0.png', text: 'a-very-secret-token' },
        answer: '{"access_token": "tok-456", "link": "https://www.midjourney.com/jobs/0a1b"}',
      }),
    );

    const shown = JSON.stringify(wire.get(1));
    expect(shown).not.toMatch(/tok-123|tok-456|0a1b|a-very-secret|sig=abc/);
    expect(shown).toContain('cdn.midjourney.com/***');
  });

  it('shows no secret that somebody typed into a form', () => {
    const wire = aWire();
    const secret = 'a "quoted" {secret}';
    const field = { custom_id: 'secret', value: secret };
    const components = [{ component: { value: 'https://example.org', custom_id: 'address' } }, { component: field }];

    wire.add(
      aRequest({ body: { components }, answer: JSON.stringify({ component: { value: secret, custom_id: 'secret' } }) }),
    );

    const shown = JSON.stringify(wire.get(1));
    expect(shown).not.toContain('quoted');
    expect(shown).toContain('example.org');
  });

  it.each([
    '/v1/proxy/cdn-midjourney/?cdnUrl=https%3A%2F%2Fcdn.midjourney.com%2F0a1b%2F0_0.jpeg',
    'https%253A%252F%252Fcdn.midjourney.com%252F0a1b%252F0_0.jpeg',
    'https%3a%2f%2fwww.midjourney.com%2fjobs%2f0a1b',
    'https:\\/\\/cdn.midjourney.com\\/0a1b\\/0_0.jpeg',
    'https:\\/\\/midjourney.com\\/jobs\\/0a1b',
  ])('shows no such address that is encoded or escaped: %s', (address) => {
    const wire = aWire();

    wire.add(aRequest({ path: address, body: { address }, answer: address }));

    const shown = JSON.stringify(wire.get(1));
    expect(shown).not.toContain('0a1b');
    expect(shown.match(/\*\*\*/g)).toHaveLength(3);
  });

  it('finds a message by its own id and by the interaction that it answers', () => {
    const wire = aWire();
    wire.add(aRequest({ side: 'gateway', method: 'INTERACTION_CREATE', path: '', body: { id: INTERACTION } }));
    wire.add(aRequest({ answer: { id: MESSAGE } }));
    wire.add(aRequest({ body: { content: 'something else' } }));

    const found = wire.find({ ...ALL, about: MESSAGE });

    expect(found.lines.map((line) => line.id)).toEqual([1, 2]);
  });

  it('filters by side, and by words in path and bodies', () => {
    const wire = aWire();
    wire.add(aRequest({ side: 'api', path: '/v3/midjourney/jobs', answer: 'A Lighthouse' }));
    wire.add(aRequest({ side: 'api', path: '/v2/jobs/' }));
    wire.add(aRequest({ body: { content: 'lighthouse' } }));

    expect(wire.find({ ...ALL, side: 'api' }).lines.map((line) => line.id)).toEqual([1, 2]);
    expect(wire.find({ ...ALL, text: 'LIGHTHOUSE' }).lines.map((line) => line.id)).toEqual([1, 3]);
    expect(wire.find({ ...ALL, text: '/v2/' }).lines.map((line) => line.id)).toEqual([2]);
  });

  it('keeps the newest thousand and cuts long bodies', () => {
    const wire = aWire();

    for (let count = 0; count < 1100; count += 1) wire.add(aRequest({ body: 'x'.repeat(count === 1099 ? 50_000 : 1) }));

    expect(wire.find(ALL).kept).toBe(1000);
    expect(wire.get(1)).toBeUndefined();
    expect(wire.get(1100)?.body.length).toBeLessThan(21_000);
  });

  it('keeps fewer where bodies are long', () => {
    const wire = aWire();

    for (let count = 0; count < 400; count += 1) wire.add(aRequest({ body: 'x'.repeat(20_000) }));

    expect(wire.find(ALL).kept).toBe(200);
    expect(wire.get(400)).toBeDefined();
  });

  it('lists lines without their bodies', () => {
    const wire = aWire();
    wire.add(aRequest({ body: { content: 'hello' } }));

    expect(wire.find(ALL).lines[0]).toEqual({ id: 1, ...aRequest() });
  });
});
