import { describe, expect, it } from 'vitest';
import { toChangeMessage, toDiffLines } from '../../../src/discord/moderation/settings-page.ts';
import { DEFAULT_SETTINGS, diffParts, type Settings, toParts } from '../../../src/moderation/settings.ts';

const OFF = DEFAULT_SETTINGS.review;
const ON = { ...OFF, mode: 'on', channelId: '7' } as const;

function toDiff(before: Settings['review'], after: Settings['review']) {
  const [one, other] = [before, after].map((review) => toParts({ ...DEFAULT_SETTINGS, review }));
  return diffParts(one ?? {}, other ?? {}) ?? { before: {}, after: {} };
}

describe('what a change of a setting says', () => {
  it.each([
    ['is turned on', OFF, ON, ['Review is **on** in <#7> (was off)']],
    ['is turned off', ON, { ...ON, mode: 'off' }, ['Review is **off** (was on in <#7>)']],
    ['goes elsewhere', ON, { ...ON, channelId: '8' }, ['Review is **on** in <#8> (was on in <#7>)']],
    [
      'is prepared',
      OFF,
      { ...OFF, channelId: '7', quorum: 2 },
      ['Review is still **off**; once on: in <#7>, 2 matching votes needed'],
    ],
    ['notes when it began', ON, { ...ON, onSince: 5 }, []],
  ] as const)('never names twice what is the same: review %s', (_what, before, after, lines) => {
    expect(toDiffLines('1', toDiff(before, after))).toEqual(lines);
  });

  it('has a sentence where what was set plays no part yet', () => {
    const diff = toDiff(ON, { ...ON, onTimeout: 'drop' });

    const message = toChangeMessage('1', { outcome: 'changed', settings: DEFAULT_SETTINGS, entryNumber: 3, diff });

    expect(JSON.stringify(message)).toContain('✅ Saved, without effect for now');
  });
});
