import { describe, expect, it } from 'vitest';
import { parseEvents, toJobEvent } from '../../src/notifications/events.ts';

describe('parseEvents', () => {
  it('reads events in any order, case and spacing, each once', () => {
    expect(parseEvents(' Failed,completed ,FAILED,, started')).toEqual(['started', 'completed', 'failed']);
  });

  it('names the words that are no events and says which there are', () => {
    expect(() => parseEvents('completed, finished, done')).toThrow(
      '“finished”, “done” are not events. Use a comma-separated list of started, completed, moderated, failed, cancelled.',
    );
  });

  it.each(['', ' , '])('refuses %j', (text) => {
    expect(() => parseEvents(text)).toThrow('Name at least one event');
  });
});

describe('toJobEvent', () => {
  it.each([
    [{ status: 'created' }, undefined],
    [{ status: 'started' }, 'started'],
    [{ status: 'progress' }, 'started'],
    [{ status: 'completed' }, 'completed'],
    [{ status: 'moderated', error: 'Invalid request' }, 'moderated'],
    [{ status: 'failed', error: 'Internal error' }, 'failed'],
    [{ status: 'failed', error: 'Job cancelled by user' }, 'cancelled'],
    [{ status: 'completed', error: 'Job cancelled by user' }, 'completed'],
    [{ status: 'cancelled' }, 'cancelled'],
    [{ status: 'dreaming' }, undefined],
  ])('of %j is %s', (job, event) => {
    expect(toJobEvent(job)).toBe(event);
  });
});
