import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../sandbox/midjourney/faults.ts';
import { type MjStandIn, startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import type { MjFlavour } from '../../../sandbox/mj/mj-switches.ts';
import { MjBackend } from '../../../src/backends/mj/mj-backend.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

const FLAVOURS: readonly MjFlavour[] = ['trueai', 'novicezk', 'new-api'];
const WISHES = ['a prompt', 'a press', 'a press in two steps'] as const;
const result = '1700000000000123';

/** Every code of the dialect, with the texts that make another thing of it. */
const ANSWERS: readonly (readonly [name: string, body: object])[] = [
  ['1', { code: 1, description: '提交成功', result }],
  ['1 without a task', { code: 1, description: '提交成功' }],
  ['3, no task', { code: 3, description: '关联任务不存在或已失效' }],
  ['3, no account', { code: 3, description: '无可用的账号实例' }],
  ['4', { code: 4, description: '参数错误' }],
  ['4, a limit', { code: 4, description: '今日绘图次数已达上限' }],
  ['4, locked', { code: 4, description: '账号被封锁' }],
  ['9', { code: 9, description: '提交失败，系统异常' }],
  ['9, a full line', { code: 9, description: '提交失败，队列已满，请稍后重试' }],
  ['21', { code: 21, description: 'Waiting for window confirm', result }],
  ['21 without a task', { code: 21, description: '任务已存在' }],
  ['22', { code: 22, description: '排队中，前面还有2个任务', result, properties: { numberOfQueues: 2 } }],
  ['23', { code: 23, description: '队列已满' }],
  ['24', { code: 24, description: '可能包含敏感词', properties: { bannedWord: 'x' } }],
  ['30', { code: 30, description: '当前分组负载已饱和' }],
  ['an unknown code', { code: 77 }],
];

/** What may happen to a call on its way there and back. */
const CUTS: readonly (readonly [name: string, trouble: Pick<Fault, 'action' | 'takesEffect'>])[] = [
  ['cut before it is taken', { action: { kind: 'cut' } }],
  ['cut before the answer', { action: { kind: 'cut' }, takesEffect: true }],
  ['cut within the answer', { action: { kind: 'cut', after: 'mid-body' }, takesEffect: true }],
  ['never taken and never answered', { action: { kind: 'hang' } }],
  ['never answered', { action: { kind: 'hang' }, takesEffect: true }],
];
const STEPS = [
  ['the read before it', { method: 'GET', path: 'fetch$' }],
  ['its first call', { method: 'POST', path: 'submit/(?:imagine|action|change)$' }],
  ['its second call', { method: 'POST', path: 'submit/modal$' }],
] as const;

const KINDS = FLAVOURS.flatMap((flavour) => WISHES.map((wish) => ({ flavour, wish })));

describe.each(KINDS)('the money rule at a proxy of the kind $flavour, for $wish', ({ flavour, wish }) => {
  let server: MjStandIn;
  let backend: MjBackend;
  /** That were there before. */
  let jobs = 0;
  /** Epoch milliseconds. */
  let beganAt = 0;
  let grid = '';

  beforeAll(async () => {
    const secondStep = wish === 'a press in two steps' ? 'all' : 'none';
    server = await startMjStandIn({ speed: 0, switches: { flavour, secondStep } });
    const { url: baseUrl, secret } = server;
    const common = { baseUrl, secret, clock: systemClock, logger: silentLogger };
    const timeouts = { writeHeadersTimeoutMs: 50, readHeadersTimeoutMs: 50 };
    backend = new MjBackend({ ...common, ...timeouts, maxRetries: 1, retryDelayMs: 1, busyDelayMs: 1 });
    await backend.listRunning('mj');
  });
  beforeEach(() => {
    server.faults.clear();
    grid = server.startTask({ prompt: 'a lighthouse' });
    server.world.advance(grid, { to: 'completed' });
    server.clearRequests();
    beganAt = Date.now();
    jobs = server.world.list().length;
  });
  afterAll(async () => {
    await backend.close();
    await server.close();
  });

  const pay = () =>
    wish === 'a prompt'
      ? backend.submit({ board: 'mj', prompt: 'a fox' })
      : backend.press({ jobid: grid, button: 'V1' });
  // One that was never answered is noted when its connection ends, which may be within the next test.
  const callsTo = (name: RegExp) =>
    server.requests.filter(({ method, path, at }) => method === 'POST' && name.test(path) && at >= beganAt).length;

  /** One call of each step at the most, and one job. */
  function expectPaidOnce(): void {
    expect(callsTo(/submit\/(?:imagine|action|change)$/)).toBeLessThanOrEqual(1);
    expect(callsTo(/submit\/modal$/)).toBeLessThanOrEqual(1);
    expect(server.world.list().length - jobs).toBeLessThanOrEqual(1);
  }

  const answered = ANSWERS.flatMap(([on, body]) => [false, true].map((takesEffect) => ({ on, body, takesEffect })));
  it.each(answered)('holds where it is answered with $on (done: $takesEffect)', async ({ body, takesEffect }) => {
    const action = { kind: 'status', status: 200, body } as const;
    server.faults.add({ match: { method: 'POST', path: 'submit/' }, takesEffect, action });

    await pay().catch(() => undefined);

    expectPaidOnce();
    expect(callsTo(/submit\/(?:imagine|action|change)$/)).toBe(1);
  });

  // Who waits for an answer waits a second, and twice for a read: that is tried once, for all.
  const isTried = (method: string, on: string) =>
    method === 'POST' || !on.startsWith('never') || (flavour === 'trueai' && wish === 'a press');
  const cut = STEPS.flatMap(([step, match]) =>
    CUTS.filter(([on]) => isTried(match.method, on)).map(([on, trouble]) => ({ step, match, on, trouble })),
  );
  it.each(cut)('holds where $step is $on', async ({ match, trouble }) => {
    server.faults.add({ match, ...trouble });

    await pay().catch(() => undefined);

    expectPaidOnce();
  });
});
