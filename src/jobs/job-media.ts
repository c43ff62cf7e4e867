import type { MediaSource } from '../media/media-file.ts';
import type { Job } from './job.ts';

const PROXIED_HOST = 'cdn.midjourney.com';

/**
 * The files of a job in the order in which they are shown: what Midjourney attached, then single videos, then single
 * images, then seed images. Addresses behind the proxy are never shown to anyone.
 */
export function toMediaSources(job: Job): MediaSource[] {
  const grids = job.attachments.map(({ url }, at) => toSource(url, at === 0 ? 'grid' : `grid-${at + 1}`));
  const videos = job.videoUx.map(({ id, url }) => toSource(url, `video-${id}`));
  const images = job.imageUx.map(({ id, url }) => toSource(url, `image-${id}`));
  const seeds = (job.seed?.attachments ?? []).map(({ url }, at) => toSource(url, `seed-${at + 1}`));
  const embeds = job.embeds.flatMap(({ imageUrl }, at) =>
    imageUrl === undefined ? [] : [toSource(imageUrl, `embed-${at + 1}`)],
  );
  return withoutRepeats([...grids, ...videos, ...images, ...seeds, ...embeds]);
}

function toSource(url: string, label: string): MediaSource {
  return { via: isProxied(url) ? 'proxy' : 'direct', url, label };
}

function isProxied(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname === PROXIED_HOST;
}

function withoutRepeats(sources: readonly MediaSource[]): MediaSource[] {
  const byUrl = new Map(sources.map((source) => [source.url, source] as const).reverse());
  return sources.filter((source) => byUrl.get(source.url) === source);
}
