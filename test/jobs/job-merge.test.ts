import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJob } from '../../src/backends/useapi/schemas.ts';
import { mergeJob } from '../../src/jobs/job-merge.ts';
import { aJob, aJobid, anApiJob } from '../builders.ts';

const NOW = 2_000_000_000_000;
const RESULTS = ['attachments', 'buttons', 'imageUx', 'videoUx', 'embeds', 'children'] as const;

const someUrl = fc.webUrl().map((url) => ({ url }));
const someUpscale = fc.record({ id: fc.integer({ min: 1, max: 4 }), url: fc.webUrl() });
const results = fc.record({
  attachments: fc.array(someUrl, { maxLength: 3 }),
  buttons: fc.array(fc.string(), { maxLength: 6 }),
  imageUx: fc.array(someUpscale, { maxLength: 4 }),
  videoUx: fc.array(someUpscale, { maxLength: 4 }),
  embeds: fc.array(fc.record({ description: fc.string() }), { maxLength: 2 }),
  children: fc.array(fc.record({ button: fc.string() }), { maxLength: 2 }),
});
const finalStatus = fc.constantFrom('completed', 'moderated', 'failed', 'cancelled');

describe('mergeJob', () => {
  it('keeps every result of an ended job that a later record leaves out, and takes those it brings', () => {
    fc.assert(
      fc.property(finalStatus, results, fc.string(), results, (status, had, later, brought) => {
        const known = aJob({ status, finalAt: 1, ...had });

        const job = mergeJob(known, anApiJob({ status: later, ...brought }), known.ref, NOW);

        const isTaken = ['completed', 'moderated', 'failed', 'cancelled'].includes(later);
        for (const field of RESULTS) {
          expect(job[field]).toEqual(isTaken && brought[field].length > 0 ? brought[field] : had[field]);
        }
        expect(job).toMatchObject({ status, finalAt: 1 });
      }),
    );
  });

  it('keeps what an ended v3 job had when a read comes without `response`', () => {
    const response = {
      attachments: [{ url: 'https://cdn.discordapp.com/a.webp' }],
      buttons: ['U1', '🔄'],
      imageUx: [{ id: 1, url: 'https://cdn.midjourney.com/x/0_0.jpeg' }],
    };
    const whole = parseJob('v3', { jobid: aJobid(), status: 'completed', response }, aJobid(), NOW);
    const bare = parseJob('v3', { jobid: aJobid(), status: 'completed' }, aJobid(), NOW);
    if (whole === undefined || bare === undefined) throw new Error('No records.');

    const known = mergeJob(undefined, whole, 'ref', NOW);
    const job = mergeJob(known, bare, 'ref', NOW + 1);

    expect(job).toEqual({ ...known, observedAt: NOW + 1 });
  });

  it('keeps nothing of a preview when the job ends without a picture', () => {
    const known = aJob({
      status: 'progress',
      attachments: [{ url: 'https://cdn.discordapp.com/p.webp' }],
      buttons: ['X'],
    });

    const job = mergeJob(known, anApiJob({ status: 'moderated' }), known.ref, NOW);

    expect(job).toMatchObject({ status: 'moderated', attachments: [], buttons: [] });
  });

  it('takes back that a job was gone, whatever the record says of it', () => {
    fc.assert(
      fc.property(fc.string(), (status) => {
        const known = aJob({ status: 'progress', goneAt: 5 });

        const job = mergeJob(known, anApiJob({ status }), known.ref, NOW);

        expect(job).not.toHaveProperty('goneAt');
        expect(job).toMatchObject({ status, changedAt: NOW });
      }),
    );
  });

  it('takes back lost contact with a change, and only then', () => {
    const known = aJob({ status: 'progress', lostContactAt: 5, jobType: 'image', changedAt: 5 });

    expect(mergeJob(known, anApiJob(), known.ref, NOW)).toMatchObject({ lostContactAt: 5, changedAt: 5 });
    const moved = mergeJob(known, anApiJob({ progressPercent: 31 }), known.ref, NOW);
    expect(moved).not.toHaveProperty('lostContactAt');
    expect(moved.changedAt).toBe(NOW);
  });

  it.each([
    [{ prompt: 'a fox --video 1' }, 'video'],
    [{ prompt: 'a fox\n--video' }, 'video'],
    [{ prompt: 'a fox --videographer' }, 'image'],
    [{ prompt: 'a fox--video' }, 'image'],
    [{ button: 'Animate (Low motion)' }, 'video'],
    [{ button: 'Extend (High motion)' }, 'video'],
    [{ button: 'Reanimate' }, 'image'],
    [{ videoUx: [{ id: 1, url: 'https://cdn.midjourney.com/video/x/0.mp4' }] }, 'video'],
    [{ prompt: 'a fox' }, 'image'],
    [{ verb: 'describe' }, undefined],
    [{ verb: 'info' }, undefined],
    [{ verb: 'seed_async' }, undefined],
    [{ jobType: 'image' as const, prompt: 'a fox --video 1' }, 'image'],
  ])('says of %j that it is of type %s', (said, jobType) => {
    const { jobType: _, ...record } = anApiJob();

    expect(mergeJob(undefined, { ...record, ...said }, 'ref', NOW).jobType).toBe(jobType);
  });
});
