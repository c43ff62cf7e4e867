import { describe, expect, it } from 'vitest';
import { ReadSchedule } from '../../src/jobs/read-schedule.ts';

const HOUR_MS = 3_600_000;

describe('ReadSchedule', () => {
  it('lets a job be read again at the next tick after one failure, then after waits that double up to five minutes', () => {
    const schedule = new ReadSchedule();
    const waits: number[] = [];

    for (let failure = 0; failure < 8; failure += 1) {
      schedule.noteFailure('a', true, 0);
      let wait = 0;
      while (!schedule.mayRead('a', true, wait)) wait += 1_000;
      waits.push(wait / 1_000);
    }

    expect(waits).toEqual([0, 15, 30, 60, 120, 240, 300, 300]);
    expect(schedule.mayRead('b', true, 0)).toBe(true);
  });

  it('starts anew when a job leaves its list, and when it was read', () => {
    const schedule = new ReadSchedule();
    for (let failure = 0; failure < 5; failure += 1) schedule.noteFailure('a', true, 0);

    expect(schedule.mayRead('a', true, 1)).toBe(false);
    expect(schedule.mayRead('a', false, 1)).toBe(true);
    schedule.noteRead('a', true);
    expect(schedule.mayRead('a', true, 1)).toBe(true);
  });

  it('takes a second 404 of the same moment for the first one', () => {
    const schedule = new ReadSchedule();

    expect(schedule.noteMissing('a', 1)).toBe(false);
    expect(schedule.noteMissing('a', 1)).toBe(false);
    expect(schedule.noteMissing('a', 2)).toBe(true);
  });

  it('remembers whether a job was read since it left its list', () => {
    const schedule = new ReadSchedule();
    schedule.noteFailure('a', false, 0);
    expect(schedule.isReadUnlisted('a')).toBe(false);
    schedule.noteRead('a', false);
    expect(schedule.isReadUnlisted('a')).toBe(true);

    schedule.noteListed('a');

    expect(schedule.isReadUnlisted('a')).toBe(false);
  });

  it('forgets after an hour what nobody follows any more', () => {
    const schedule = new ReadSchedule();
    for (const jobid of ['followed', 'left']) {
      schedule.noteMissing(jobid, 0);
    }

    schedule.prune(HOUR_MS, () => false);
    schedule.prune(HOUR_MS + 1, (jobid) => jobid === 'followed');

    expect(schedule.noteMissing('followed', HOUR_MS)).toBe(true);
    expect(schedule.noteMissing('left', HOUR_MS)).toBe(false);
  });
});
