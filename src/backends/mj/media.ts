import { AllowedHosts } from '../../shared/allowed-hosts.ts';
import type { OpenedFile } from '../contract.ts';
import { hostNotAllowed, MediaFiles, type MediaFilesOptions } from '../http/media-files.ts';
import type { CallControl } from '../http/transport.ts';

/** Where such servers put files when nothing else is set. */
export const DEFAULT_MEDIA_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net', 'cdn.midjourney.com'];

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)$/;
/** cdn.midjourney.com sends nothing to what does not look like a browser. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Safari/537.36';

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** An address that names the server's own loopback, as seen from here; any other address as it is. */
export function toReachableUrl(url: string, base: URL): string {
  const parsed = URL.parse(url, base);
  if (parsed === null || !isLoopback(parsed.hostname) || isLoopback(base.hostname)) return parsed?.href ?? url;
  return new URL(parsed.pathname + parsed.search, base.origin).href;
}

export interface MediaOptions extends Omit<MediaFilesOptions, 'headers' | 'isAllowed'> {
  /** The server's own address, from which files may be fetched. */
  readonly baseUrl: string;
  /** `host` or `host:port` from which files may be fetched besides: https, or http on loopback. */
  readonly mediaHosts: readonly string[];
}

/** Opens files of tasks where they lie: at the server itself and on allowed hosts. The secret is not sent along. */
export class MjMedia {
  readonly #hosts: AllowedHosts;
  readonly #files: MediaFiles;

  constructor({ baseUrl, mediaHosts, ...options }: MediaOptions) {
    const { origin } = new URL(baseUrl);
    this.#hosts = new AllowedHosts(mediaHosts);
    const isAllowed = (url: URL) => url.origin === origin || this.#hosts.allows(url);
    this.#files = new MediaFiles({ ...options, headers: { 'user-agent': USER_AGENT }, isAllowed });
  }

  /** @throws InvalidRequestError where the host is not allowed, JobNotFoundError where the file is gone */
  open(url: string, control: CallControl): Promise<OpenedFile> {
    return this.#files.open(url, control);
  }

  /** The same for a file that somebody named, who must not reach into the server itself. */
  async openGiven(url: string, control: CallControl): Promise<OpenedFile> {
    const parsed = URL.parse(url);
    if (parsed === null || !this.#hosts.allows(parsed)) throw hostNotAllowed();
    return this.open(url, control);
  }

  close(): Promise<void> {
    return this.#files.close();
  }
}
