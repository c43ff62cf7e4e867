import { describe, expect, it } from 'vitest';
import { toMediaSets, toMediaSources, toReviewSources } from '../../src/jobs/job-media.ts';
import { aJob } from '../builders.ts';

const GRID = 'https://cdn.discordapp.com/grid.webp';
const SECOND = 'https://cdn.discordapp.com/second.webp';
const SINGLE = 'https://cdn.midjourney.com/x/0_0.jpeg';
const VIDEO = 'https://cdn.midjourney.com/video/x/0.mp4';

function four(url: string) {
  return [1, 2, 3, 4].map((id) => ({ id, url: `${url}?${id}` }));
}

describe('toMediaSources', () => {
  it('shows a grid’s four quarters, and the grid where those cannot be had', () => {
    const job = aJob({ attachments: [{ url: GRID }], imageUx: four(SINGLE) });

    const labels = toMediaSets(job).map((set) => set.map(({ label }) => label));

    expect(labels).toEqual([['image-1', 'image-2', 'image-3', 'image-4'], ['grid']]);
    expect(toMediaSources({ ...job, imageUx: [] }).map(({ label }) => label)).toEqual(['grid']);
  });

  it('shows a video’s four videos, without the picture of them', () => {
    const job = aJob({ attachments: [{ url: GRID }], videoUx: four(VIDEO) });

    expect(toMediaSources(job).map(({ label }) => label)).toEqual(['video-1', 'video-2', 'video-3', 'video-4']);
  });

  it('shows one file of an upscale, and knows where else it lies', () => {
    const proxyUrl = 'https://media.discordapp.net/grid.webp';
    const job = aJob({ attachments: [{ url: GRID, proxyUrl }], imageUx: [{ id: 1, url: SINGLE }] });

    expect(toMediaSets(job)).toEqual([
      [
        {
          via: 'direct',
          url: GRID,
          board: 'v3',
          label: 'image',
          fallbacks: [
            { via: 'direct', url: proxyUrl },
            { via: 'proxy', url: SINGLE },
          ],
        },
      ],
    ]);
  });

  it('shows what was blended and described as pictures of its own', () => {
    const blended = aJob({ blendUrls: ['https://a.example/1.png', 'https://a.example/2.png'] });
    const described = aJob({ describeUrl: 'https://a.example/3.png' });

    expect(toMediaSources(blended).map(({ label }) => label)).toEqual(['blended-1', 'blended-2']);
    expect(toMediaSources(described).map(({ label }) => label)).toEqual(['described']);
  });

  it('knows where else the picture of an embed and of a seed lies', () => {
    const proxyUrl = 'https://media.discordapp.net/grid.webp';
    const embed = { imageUrl: GRID, imageProxyUrl: proxyUrl };
    const seed = { attachments: [{ url: SECOND, proxyUrl }] };

    const [ofSeed, ofEmbed] = toMediaSources(aJob({ embeds: [embed], seed }));
    const [alone] = toMediaSources(aJob({ embeds: [{ imageProxyUrl: proxyUrl }] }));

    expect([ofSeed?.url, ofSeed?.fallbacks]).toEqual([SECOND, [{ via: 'direct', url: proxyUrl }]]);
    expect([ofEmbed?.url, ofEmbed?.fallbacks]).toEqual([GRID, [{ via: 'direct', url: proxyUrl }]]);
    expect(alone?.url).toBe(proxyUrl);
  });

  it('gives reviewers one picture to open, or the videos', () => {
    const grid = { attachments: [{ url: GRID }], imageUx: four(SINGLE) };

    expect(toReviewSources(aJob(grid)).map(({ label }) => label)).toEqual(['grid']);
    expect(toReviewSources(aJob({ ...grid, videoUx: four(VIDEO) }))).toHaveLength(4);
    expect(toReviewSources(aJob({ imageUx: four(SINGLE) }))).toHaveLength(4);
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
