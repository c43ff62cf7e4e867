import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatQuietHours, isQuiet, parseQuietHours } from '../../../src/notifications/rules/quiet-hours.ts';
import { UserError } from '../../../src/shared/errors.ts';

/** Whether each of these instants is quiet. */
function quietAt(text: string, ...instants: readonly string[]): readonly boolean[] {
  const quiet = parseQuietHours(text);
  return instants.map((instant) => isQuiet(quiet, Date.parse(instant)));
}

describe('parseQuietHours', () => {
  it.each([
    ['22-07 Europe/Berlin', '22:00-07:00 Europe/Berlin'],
    ['22:30-07:15 Europe/Berlin', '22:30-07:15 Europe/Berlin'],
    ['  9 – 17:05   europe/berlin ', '09:00-17:05 Europe/Berlin'],
    ['20-24 UTC', '20:00-00:00 UTC'],
    ['22-07 America/Port-au-Prince', '22:00-07:00 America/Port-au-Prince'],
    ['22-07 Asia/Kolkata', '22:00-07:00 Asia/Kolkata'],
  ])('reads %j', (text, formatted) => {
    expect(formatQuietHours(parseQuietHours(text))).toBe(formatted);
  });

  it.each([
    ['at night', 'quiet-form', 'read these quiet hours'],
    ['22-07', 'quiet-zone-missing', 'time zone is missing'],
    ['25-07 Europe/Berlin', 'quiet-time', '“25”'],
    ['22-07:60 Europe/Berlin', 'quiet-time', '“07:60”'],
    ['24:01-07 Europe/Berlin', 'quiet-time', '“24:01”'],
    ['22-07 Europe/Berlim', 'quiet-zone', '“Europe/Berlim”'],
    ['22-22 Europe/Berlin', 'quiet-empty', 'differ'],
  ])('refuses %j with %s and an example', (text, code, part) => {
    expect(() => parseQuietHours(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(new RegExp(`${part}.*Europe/Berlin`, 'u')) }),
    );
  });

  it('gives back what it wrote, for every time of day', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu');

    fc.assert(
      fc.property(minute, minute, zone, (fromMinute, toMinute, timeZone) => {
        fc.pre(fromMinute !== toMinute);
        const quiet = { fromMinute, toMinute, timeZone };
        expect(parseQuietHours(formatQuietHours(quiet))).toEqual(quiet);
      }),
    );
  });

  it('never fails but with a sentence for people', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          parseQuietHours(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});

describe('isQuiet', () => {
  it('holds over midnight, from the first minute to the one before the last', () => {
    const instants = ['2026-01-10T20:59:59Z', '2026-01-10T21:00:00Z', '2026-01-11T05:59:59Z', '2026-01-11T06:00:00Z'];

    expect(quietAt('22-07 Europe/Berlin', ...instants)).toEqual([false, true, true, false]);
  });

  it('holds within a day', () => {
    const instants = ['2026-01-10T12:59:59Z', '2026-01-10T13:00:00Z', '2026-01-10T13:59:59Z', '2026-01-10T14:00:00Z'];

    expect(quietAt('13-14 UTC', ...instants)).toEqual([false, true, true, false]);
  });

  it('ends an hour earlier in UTC once Berlin is on summer time', () => {
    const before = quietAt('22-07 Europe/Berlin', '2026-03-28T05:30:00Z', '2026-03-28T06:00:00Z');
    const after = quietAt('22-07 Europe/Berlin', '2026-03-29T04:59:00Z', '2026-03-29T05:00:00Z');

    expect(before).toEqual([true, false]);
    expect(after).toEqual([true, false]);
  });

  it('is quiet from the jump on when it begins in the hour that spring leaves out', () => {
    const instants = ['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-29T01:59:59Z', '2026-03-29T02:00:00Z'];

    expect(quietAt('02:30-04 Europe/Berlin', ...instants)).toEqual([false, true, true, false]);
  });

  it('is quiet twice when it lies in the hour that autumn repeats', () => {
    const half = (hour: string) => [`2026-10-25T${hour}:15:00Z`, `2026-10-25T${hour}:45:00Z`];

    expect(quietAt('02-02:30 Europe/Berlin', ...half('00'), ...half('01'))).toEqual([true, false, true, false]);
  });

  it('follows New York over its own changes', () => {
    const spring = ['2026-03-08T06:59:59Z', '2026-03-08T07:00:00Z', '2026-03-08T10:59:59Z', '2026-03-08T11:00:00Z'];
    const autumn = ['2026-11-01T11:59:59Z', '2026-11-01T12:00:00Z'];

    expect(quietAt('03-07 America/New_York', ...spring)).toEqual([false, true, true, false]);
    expect(quietAt('03-07 America/New_York', ...autumn)).toEqual([true, false]);
  });

  it('knows zones with half and quarter hours, and a change of half an hour', () => {
    expect(quietAt('22-07 Asia/Kolkata', '2026-01-10T16:29:59Z', '2026-01-10T16:30:00Z')).toEqual([false, true]);
    expect(quietAt('22-07 Asia/Kathmandu', '2026-01-10T16:14:59Z', '2026-01-10T16:15:00Z')).toEqual([false, true]);
    expect(quietAt('22-07 Australia/Lord_Howe', '2026-04-04T10:59:59Z', '2026-04-04T11:00:00Z')).toEqual([false, true]);
    expect(quietAt('22-07 Australia/Lord_Howe', '2026-04-05T11:29:59Z', '2026-04-05T11:30:00Z')).toEqual([false, true]);
  });

  it('is the opposite with beginning and end exchanged', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const at = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });

    fc.assert(
      fc.property(minute, minute, at, (fromMinute, toMinute, instant) => {
        fc.pre(fromMinute !== toMinute);
        const timeZone = 'Europe/Berlin';
        const isOpposite = isQuiet({ fromMinute: toMinute, toMinute: fromMinute, timeZone }, instant);
        expect(isQuiet({ fromMinute, toMinute, timeZone }, instant)).toBe(!isOpposite);
      }),
    );
  });
});
