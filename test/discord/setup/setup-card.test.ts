import { describe, expect, it } from 'vitest';
import { checkByRules } from '../../../sandbox/discord/rules/payload-check.ts';
import { toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { parseRevisionsText, toRevisionsText } from '../../../src/discord/setup/results-undo.ts';
import { toSampleMessage } from '../../../src/discord/setup/sample.ts';
import { toSetupCard } from '../../../src/discord/setup/setup-card.ts';
import { undoResults, undoSetting } from '../../../src/discord/setup/setup-controls.ts';
import { withCreator } from '../../../src/moderation/creators.ts';
import { NO_GRANTS } from '../../../src/moderation/policy.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/moderation/settings.ts';
import type { Rule } from '../../../src/notifications/rules/rule.ts';
import { aRuleInput } from '../../notifications/notification-world.ts';

const POST = 'POST /channels/{channel_id}/messages';
const GUILD = '1204417700112100100';
const anId = (n: number) => `12044177001121${String(n).padStart(5, '0')}`;
const many = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));
const refusing = {
  isAvailable: () => true,
  channel: (_guildId: string, id: string) => ({
    id,
    name: 'x'.repeat(100),
    kind: 'text' as const,
    missing: ['View Channel', 'Attach Files', 'Read Message History', 'Send Messages'],
    isOpenToAll: true,
  }),
};

describe('toSetupCard', () => {
  it('fits Discord’s limits however much is set, and however much is wrong', () => {
    const grants = many(60, anId).reduce(withCreator, NO_GRANTS);
    const settings: Settings = {
      ...DEFAULT_SETTINGS,
      grants,
      alertsChannelId: anId(1),
      review: { mode: 'on', channelId: anId(2), quorum: 1, onTimeout: 'remind' },
    };
    const rules = many(200, (n): Rule => {
      return { ...aRuleInput({ channelId: anId(n) }), number: n + 1, guildId: GUILD, createdAt: 0 };
    });
    const sentence = many(25, (n) => `<@&${anId(n)}>`).join(', ');
    const note = { sentence, undo: undoSetting.toButton({ entry: 999_999 }, 'Undo') };

    const account = {
      accountId: 'own-1-1',
      kind: 'mj-bearer',
      url: `https://example.org/${'x'.repeat(270)}/mj`,
      model: 'm'.repeat(60),
      by: anId(1),
      at: 0,
      keyId: 'k'.repeat(20),
      state: 'no-key',
    } as const;
    const own = { isOffered: true, account };

    const card = toSetupCard({ guildId: GUILD, settings, rules, directory: refusing, own, note });

    expect(checkByRules(POST, JSON.parse(JSON.stringify(toMessageBody(card))), [], undefined)).toBeNull();
  });
});

describe('the sample', () => {
  it('is what Discord takes', () => {
    const message = toSampleMessage(0);
    const files = [{ id: '0', filename: 'sample.jpg', contentType: 'image/jpeg', bytes: Buffer.alloc(10) }];

    expect(
      checkByRules(POST, JSON.parse(JSON.stringify(toMessageBody(message))), files as never, undefined),
    ).toBeNull();
  });
});

describe('what Undo of a change of results carries', () => {
  it('reads what it wrote', () => {
    const revisions = [1, 200, 36, 1_000];

    expect(parseRevisionsText(toRevisionsText(revisions) ?? '')).toEqual(revisions);
  });

  it('is left out where it would not fit a custom id', () => {
    const numbers = many(30, (n) => n + 1_000);

    expect(toRevisionsText(numbers)).toBeUndefined();
    const most = toRevisionsText(numbers.slice(0, 15)) ?? '';
    expect(undoResults.toCustomId({ change: most }).length).toBeLessThanOrEqual(100);
  });
});
