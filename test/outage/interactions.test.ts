import { describe, expect, it } from 'vitest';
import type { RestFault } from '../../sandbox/discord/discord-faults.ts';
import { KIND_NAMES, type KindName, startInteractionRig } from './interaction-rig.ts';

const STATUSES = [400, 401, 403, 404, 405, 429, 500, 502, 503, 504, 520];
const PAGE = '<html><body>error code: 1015</body></html>';
const FAULTS: readonly RestFault[] = [
  ...STATUSES.map((status) => ({ kind: 'status' as const, status })),
  ...STATUSES.map((status) => ({ kind: 'status' as const, status, page: PAGE })),
  { kind: 'status', status: 502, takesEffect: true },
  { kind: 'status', status: 504, page: PAGE, takesEffect: true },
  { kind: 'cut-before' },
  { kind: 'cut-after' },
  { kind: 'delay', ms: 400, isAnswerLate: true },
];
const LASTING: readonly RestFault[] = [
  { kind: 'status', status: 403, page: PAGE },
  { kind: 'status', status: 429, page: PAGE },
  { kind: 'cut-before' },
];
/** Requests by which a first answer is given, and all others. */
const FIRST = 'POST /interactions/';
const LATER = / \/webhooks\//;
const HAS_LATER = KIND_NAMES.filter((kind) => kind !== 'form to open' && kind !== 'suggestions');

describe.concurrent('an interaction whose answer Discord fails to take', () => {
  async function strikeOnce(kind: KindName, route: string | RegExp): Promise<void> {
    await using rig = await startInteractionRig(5);
    for (const fault of FAULTS) {
      const what = JSON.stringify(fault);
      expect(await rig.submission(kind, { fault, route, times: 1 }), what).toContain('Done');
      expect(rig.discord.faults.list(), what).toEqual([]);
    }
  }

  it.each(KIND_NAMES)('is answered all the same where the first answer failed: %s', (kind) => strikeOnce(kind, FIRST));

  it.each(HAS_LATER)('is answered all the same where what follows failed: %s', (kind) => strikeOnce(kind, LATER));

  it.each(KIND_NAMES)('ends where Discord takes nothing, and the next one is answered: %s', async (kind) => {
    await using rig = await startInteractionRig(10);
    for (const fault of LASTING) await rig.lose(kind, { fault, route: /interactions|webhooks/ });

    expect(await rig.submission(kind)).toContain('Done');
  });
});
