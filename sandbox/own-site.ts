/**
 * What a request says of where it goes and which website sent it; a browser sets all three and lets
 * no script change them.
 */
export interface RequestSource {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly site: string | undefined;
}

/** Whether `host` is a name of this machine's own with this port; a name that was rebound to 127.0.0.1 is none. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Whether a browser sent it for a page of this very server. */
export function isOwnPage({ host, origin, site }: RequestSource): boolean {
  return origin === `http://${host}` && (site === undefined || site === 'same-origin');
}

/** Whether a browser sent it for another website; a program such as the bot says nothing of where it comes from. */
export function isOtherWebsite(source: RequestSource): boolean {
  const { origin, site } = source;
  if (origin !== undefined) return !isOwnPage(source);
  return site === 'cross-site' || site === 'same-site';
}

/** Reads it from the headers of a request. */
export function toRequestSource(header: (name: string) => string | undefined): RequestSource {
  return { host: header('host'), origin: header('origin'), site: header('sec-fetch-site') };
}
