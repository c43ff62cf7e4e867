import { describe, expect, it } from 'vitest';
import { parseEvents } from '../../../src/notifications/rules/events.ts';

describe('parseEvents', () => {
  it('reads events in any order, case and spacing, each once', () => {
    expect(parseEvents(' Failed,completed ,FAILED,, started')).toEqual(['started', 'completed', 'failed']);
  });

  it('names the words that are no events and says which there are', () => {
    expect(() => parseEvents('completed, finished, done')).toThrow(
      '“finished”, “done” are not events. Pick from started, completed, moderated, failed, cancelled, with commas between them.',
    );
  });

  it.each(['', ' , '])('refuses %j', (text) => {
    expect(() => parseEvents(text)).toThrow('Name at least one event');
  });
});
