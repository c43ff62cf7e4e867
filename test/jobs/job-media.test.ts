import { describe, expect, it } from 'vitest';
import { toMediaSources } from '../../src/jobs/job-media.ts';
import { aJob } from '../builders.ts';

const GRID = 'https://cdn.discordapp.com/grid.webp';
const SECOND = 'https://cdn.discordapp.com/second.webp';
const SINGLE = 'https://cdn.midjourney.com/x/0_0.jpeg';
const VIDEO = 'https://cdn.midjourney.com/video/x/0.mp4';

describe('toMediaSources', () => {
  it('names all files in the order in which they are shown', () => {
    const job = aJob({
      attachments: [{ url: GRID }, { url: SECOND }],
      imageUx: [{ id: 2, url: SINGLE }],
      videoUx: [{ id: 1, url: VIDEO }],
    });

    expect(toMediaSources(job)).toEqual([
      { via: 'direct', url: GRID, label: 'grid' },
      { via: 'direct', url: SECOND, label: 'grid-2' },
      { via: 'proxy', url: VIDEO, label: 'video-1' },
      { via: 'proxy', url: SINGLE, label: 'image-2' },
    ]);
  });

  it('names a file once that the record names again and again, where it is first shown', () => {
    const job = aJob({
      attachments: [{ url: GRID }, { url: SECOND }, { url: GRID }],
      seed: { attachments: [{ url: GRID }, { url: SECOND }] },
      embeds: [{ imageUrl: GRID }, {}],
    });

    expect(toMediaSources(job).map(({ url, label }) => [url, label])).toEqual([
      [GRID, 'grid'],
      [SECOND, 'grid-2'],
    ]);
  });
});
