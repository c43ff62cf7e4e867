import type { PageComponent, PageMedia } from '../server/page-api.ts';
import { closeOnBack } from './back.ts';
import { h, isSafeAddress } from './h.ts';
import { linkView } from './markdown-view.ts';
import { coverUntilAsked } from './spoiler.ts';

/** A file's name from its address. */
function nameOf(url: string): string {
  const last = url.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function isVideo(media: PageMedia): boolean {
  return media.content_type?.startsWith('video/') ?? /\.(?:mp4|webm|mov)$/i.test(nameOf(media.url));
}

/** Whether the picture is ours: the page loads nothing from elsewhere. */
function isOwn(url: string): boolean {
  return url.startsWith('/files/');
}

/** A picture or video; one from elsewhere is shown as a link only, for the page asks nobody else for anything. */
export function mediaView(media: PageMedia, alt: string, isSpoiler: boolean): HTMLElement {
  if (!isOwn(media.url))
    return h('span', { class: 'media outside' }, linkView(media.url, `🖼 ${alt || nameOf(media.url)}`));
  const view = isVideo(media) ? videoView(media, alt) : pictureView(media, alt);
  return isSpoiler ? cover(view) : view;
}

/** Covers a picture or video; a video's controls cannot be reached before. */
function cover(view: HTMLElement): HTMLElement {
  const label = view.getAttribute('aria-label');
  const video = view.querySelector('video');
  view.classList.add('media-spoiler');
  if (video !== null) video.inert = true;
  coverUntilAsked(view, () => {
    view.classList.remove('media-spoiler');
    if (video !== null) video.inert = false;
    video?.focus();
    if (label !== null) view.setAttribute('aria-label', label);
    if (view.matches('button')) view.tabIndex = 0;
  });
  return view;
}

function sizeProps({ width, height }: PageMedia) {
  const ratio = width && height ? `${width} / ${height}` : undefined;
  return { width: width ?? undefined, height: height ?? undefined, '--ratio': ratio };
}

function videoView(media: PageMedia, alt: string): HTMLElement {
  const { '--ratio': ratio } = sizeProps(media);
  const video = h('video', {
    src: media.url,
    controls: true,
    preload: 'metadata',
    playsinline: true,
    'aria-label': alt,
  });
  return h('span', { class: 'media', '--ratio': ratio }, video);
}

function pictureView(media: PageMedia, alt: string): HTMLElement {
  const { '--ratio': ratio, ...size } = sizeProps(media);
  const picture = h('img', { src: media.url, alt, title: alt, loading: 'lazy', decoding: 'async', ...size });
  const label = alt === '' ? 'Open picture' : `Open picture: ${alt}`;
  const open = () => openLightbox(media.url, alt);
  return h('button', { type: 'button', class: 'media', 'aria-label': label, '--ratio': ratio, onclick: open }, picture);
}

function openLightbox(url: string, alt: string): void {
  const dialog = h('dialog', { class: 'lightbox', 'aria-label': alt || 'Picture' });
  const close = h('button', { type: 'button', class: 'lightbox-close', 'aria-label': 'Close' }, '✕');
  dialog.append(h('img', { src: url, alt }), close);
  dialog.addEventListener('click', () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  const onClosed = closeOnBack(() => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClosed();
  });
}

/** Up to ten pictures, laid out by their number. */
export function galleryView(component: PageComponent): HTMLElement {
  const items = component.items ?? [];
  const views = items.map((item) => mediaView(item.media, item.description ?? '', item.spoiler === true));
  return h('div', { class: `gallery gallery-${Math.min(items.length, 10)}` }, views);
}

/** A file to download. */
export function fileView(media: PageMedia, name = nameOf(media.url), size?: number): HTMLElement {
  const link = isSafeAddress(media.url) ? h('a', { href: media.url, download: name }, name) : h('span', {}, name);
  return h(
    'div',
    { class: 'file' },
    h('span', { class: 'file-icon', 'aria-hidden': 'true' }, '📄'),
    h('div', {}, link, size !== undefined && h('div', { class: 'file-size' }, formatBytes(size))),
  );
}

/** `1.2 MB`, as Discord counts: 1024 bytes to the KB. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  const power = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(2)} ${units[power]}`;
}
