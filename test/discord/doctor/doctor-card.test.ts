import { describe, expect, it } from 'vitest';
import { checkOwnRules } from '../../../sandbox/discord/rules/own-rules.ts';
import { checkPayload } from '../../../sandbox/discord/rules/payload-rules.ts';
import { type OutgoingMessage, toMessageBody } from '../../../src/discord/core/outgoing.ts';
import { toDoctorCard } from '../../../src/discord/doctor/doctor-card.ts';
import { type Finding, ok, type Section, type Topic, warning, wrong } from '../../../src/doctor/finding.ts';

const TOPICS: readonly Topic[] = ['configuration', 'discord', 'accounts', 'store', 'queue'];

function problemsOf(message: OutgoingMessage) {
  const body = JSON.parse(JSON.stringify(toMessageBody(message)));
  return [...checkPayload('message-create', body), ...checkOwnRules('message-create', body)];
}

const colorOf = ({ components }: OutgoingMessage) => Reflect.get(components[0] ?? {}, 'accent_color');
const sectionsOf = (findings: readonly Finding[]): Section[] => TOPICS.map((topic) => ({ topic, findings }));

describe('the card of /doctor', () => {
  it('fits into a message, however much there is to say', () => {
    const long = 'A sentence about something that is not as it should be. '.repeat(8);
    const findings = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? ok(long) : wrong(long, long)));

    expect(problemsOf(toDoctorCard(sectionsOf(findings), 0))).toEqual([]);
  });

  it('shows the worst of what is too much, and counts the rest', () => {
    const findings = [...Array.from({ length: 11 }, (_, at) => ok(`fine ${at}.`)), wrong('Broken.', 'Mend it.')];

    const text = JSON.stringify(toDoctorCard([{ topic: 'accounts', findings }], 0));

    expect(text).toContain('❌ Broken. Mend it.');
    expect(text).toContain('fine 8.');
    expect(text).not.toContain('fine 9.');
    expect(text).toContain('and 2 more');
  });

  it('has the colour of the worst', () => {
    const colors = [[ok('a')], [ok('a'), warning('b', 'c')], [warning('b', 'c'), wrong('d')]].map((findings) =>
      colorOf(toDoctorCard(sectionsOf(findings), 0)),
    );

    expect(new Set(colors).size).toBe(3);
    expect(problemsOf(toDoctorCard([], 0))).toEqual([]);
  });
});
