import type { MediaPlace, MediaSource } from '../media/media-file.ts';
import type { Job } from './job.ts';

const PROXIED_HOST = 'cdn.midjourney.com';

/**
 * The files of a job in the order in which they are shown, no picture twice: four single results where there are four,
 * else what Midjourney attached. Addresses behind the proxy are never shown to anyone.
 */
export function toMediaSources(job: Job): MediaSource[] {
  return toMediaSets(job)[0] ?? [];
}

/** The same, and what may be shown in its place where nothing of it can be had. */
export function toMediaSets(job: Job): MediaSource[][] {
  const [attached, singles] = [toAttached(job), toSingles(job)];
  const others = toOthers(job);
  const sets = singles.length > 1 || attached.length === 0 ? [singles, attached] : [attached];
  const filled = sets.filter((set) => set.length > 0);
  return (filled.length > 0 ? filled : [[]]).map((set) => withoutRepeats([...set, ...others]));
}

/** What a reviewer looks at: one picture that holds them all, or the videos. */
export function toReviewSources(job: Job): MediaSource[] {
  const [first] = toAttached(job);
  return first === undefined || job.videoUx.length > 0 ? toMediaSources(job) : [first];
}

/** One small picture that stands for the job, or none. */
export function toPreviewSources(job: Job): MediaSource[] {
  const [first = toMediaSources(job)[0]] = toAttached(job);
  return first === undefined ? [] : [first];
}

/** The message's own files; the only single result is another copy of the first. */
function toAttached({ board, attachments, imageUx, videoUx, button }: Job): MediaSource[] {
  const singles = [...videoUx, ...imageUx];
  const isOne = singles.length === 1 || /^U[1-4]$|^(Redo )?Upscale\b/.test(button ?? '');
  const name = isOne ? 'image' : 'grid';
  return attachments.map(({ url, proxyUrl }, at) => {
    const copy = at === 0 && singles.length === 1 ? singles : [];
    const fallbacks = [...toTexts(proxyUrl), ...copy.map((single) => single.url)];
    return toSource(board, url, at === 0 ? name : `${name}-${at + 1}`, fallbacks);
  });
}

function toSingles({ board, videoUx, imageUx }: Job): MediaSource[] {
  if (videoUx.length > 0) return videoUx.map(({ id, url }) => toSource(board, url, `video-${id}`));
  return imageUx.map(({ id, url }) => toSource(board, url, `image-${id}`));
}

/** Pictures that belong to the job and are not its results. */
function toOthers({ board, seed, embeds, blendUrls = [], describeUrl }: Job): MediaSource[] {
  const seeds = (seed?.attachments ?? []).map(({ url, proxyUrl }, at) =>
    toSource(board, url, `seed-${at + 1}`, toTexts(proxyUrl)),
  );
  const embedded = embeds.flatMap(({ imageUrl, imageProxyUrl }, at) => {
    const [url, ...fallbacks] = [...toTexts(imageUrl), ...toTexts(imageProxyUrl)];
    return url === undefined ? [] : [toSource(board, url, `embed-${at + 1}`, fallbacks)];
  });
  const blended = blendUrls.map((url, at) => toSource(board, url, `blended-${at + 1}`));
  // The embed of a description shows what was described.
  const described = describeUrl === undefined || embedded.length > 0 ? [] : [toSource(board, describeUrl, 'described')];
  return [...seeds, ...embedded, ...blended, ...described];
}

function toTexts(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

function toSource(board: string, url: string, label: string, fallbacks: readonly string[] = []): MediaSource {
  const others = fallbacks.filter((other) => other !== url).map(toPlace);
  return { ...toPlace(url), board, label, ...(others.length > 0 && { fallbacks: others }) };
}

function toPlace(url: string): MediaPlace {
  return { via: isProxied(url) ? 'proxy' : 'direct', url };
}

function isProxied(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname === PROXIED_HOST;
}

function withoutRepeats(sources: readonly MediaSource[]): MediaSource[] {
  const byUrl = new Map(sources.map((source) => [source.url, source] as const).reverse());
  return sources.filter((source) => byUrl.get(source.url) === source);
}
