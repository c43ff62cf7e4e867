import { describe, expect, it } from 'vitest';
import { toJobEvent } from '../../src/jobs/job-events.ts';

describe('toJobEvent', () => {
  it.each([
    [{ status: 'created' }, 'started'],
    [{ status: 'started' }, 'started'],
    [{ status: 'progress' }, 'started'],
    [{ status: 'completed' }, 'completed'],
    [{ status: 'moderated', error: 'Invalid request' }, 'moderated'],
    [{ status: 'failed', error: 'Internal error' }, 'failed'],
    [{ status: 'failed', error: 'Job cancelled by user' }, 'cancelled'],
    [{ status: 'completed', error: 'Job cancelled by user' }, 'completed'],
    [{ status: 'cancelled' }, 'cancelled'],
    [{ status: 'dreaming' }, 'started'],
  ])('of %j is %s', (job, event) => {
    expect(toJobEvent(job)).toBe(event);
  });
});
