import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOwnRules } from '../../../sandbox/discord/rules/own-rules.ts';
import { checkPayload } from '../../../sandbox/discord/rules/payload-rules.ts';
import { type OutgoingMessage, toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { toEndingNotice, toMentions, toTextNotice } from '../../../src/discord/notify/job-notices.ts';
import { toSummaryCard } from '../../../src/discord/notify/summary-card.ts';
import { MAX_MEMBERS } from '../../../src/notifications/delivery/batching.ts';
import { NotificationEvent } from '../../../src/notifications/notification-events.ts';
import { aJob } from '../../builders.ts';

function problemsOf(message: OutgoingMessage) {
  const body = JSON.parse(JSON.stringify(toMessageBody(message)));
  return [...checkPayload('message-create', body), ...checkOwnRules('message-create', body)];
}

const HOSTILE =
  '@everyone <@&1> **bold** `code` ```js [a](https://example.org) https://midjourney.com/jobs/x ||s|| \uD800';
const wild = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom(HOSTILE, HOSTILE.repeat(20), ''));
const event = fc.constantFrom(...NotificationEvent.options);
const job = fc
  .record(
    {
      verb: wild,
      prompt: wild,
      button: wild,
      accountName: fc.string({ minLength: 1, maxLength: 40 }),
      ref: fc.stringMatching(/^[0-9a-z]{8}$/),
    },
    { requiredKeys: ['ref'] },
  )
  .map((over) => aJob({ status: 'completed', ...over }));
const line = fc.record({ job, event });
const roles = fc.array(fc.stringMatching(/^[1-9][0-9]{18}$/), { maxLength: 40 });

describe('notices', () => {
  it('are messages that Discord takes, whatever the jobs hold', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: MAX_MEMBERS }), roles, (lines, roleIds) => {
        const { above, mentionRoleIds } = toMentions(roleIds, []);
        const options = { deliveryId: '0123456789abcdef', above };
        const first = lines[0] ?? { job: aJob(), event: 'completed' as const };

        const messages = [
          toSummaryCard('summary', lines, options),
          toEndingNotice(first.job, first.event, options),
          toTextNotice(first.job, first.event, options),
        ];

        expect(messages.flatMap((message) => problemsOf({ ...message, mentionRoleIds }))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('keep the account and the prompt apart', () => {
    const job = aJob({ ref: 'k3v9x2ma', prompt: 'a fox', accountName: 'studio' });

    const card = toSummaryCard('digest', [{ job, event: 'completed' }], { deliveryId: 'd' });

    expect(JSON.stringify(card.components)).toContain('`k3v9x2ma` on studio · a fox');
  });

  it('name every job of a full summary, and offer each to be opened', () => {
    const lines = Array.from({ length: MAX_MEMBERS }, (_, n) => ({
      job: aJob({
        ref: `ref${String(n).padStart(5, '0')}`,
        prompt: 'a lighthouse in the fog '.repeat(20),
        accountName: 'A'.repeat(40),
      }),
      event: 'completed' as const,
    }));

    const json = JSON.stringify(toSummaryCard('summary', lines, { deliveryId: 'd' }).components);

    expect(lines.filter(({ job: { ref } }) => !json.includes(`\`${ref}\``))).toEqual([]);
    expect(lines.filter(({ job: { ref } }) => !json.includes(`"value":"${ref}"`))).toEqual([]);
    expect(problemsOf(toSummaryCard('summary', lines, { deliveryId: 'd' }))).toEqual([]);
  });
});
