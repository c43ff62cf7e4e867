/**
 * The hosts from which files may be fetched directly.
 * An entry is `host` or `host:port`; it allows https, and http only where the listed host is loopback.
 */
export class AllowedHosts {
  readonly #https: ReadonlySet<string>;
  readonly #http: ReadonlySet<string>;

  constructor(entries: readonly string[]) {
    this.#https = new Set(entries.map((entry) => hostOf('https', entry)));
    this.#http = new Set(entries.map((entry) => hostOf('http', entry)).filter(isLoopback));
  }

  allows(url: URL): boolean {
    if (url.protocol === 'https:') return this.#https.has(url.host);
    return url.protocol === 'http:' && this.#http.has(url.host);
  }
}

function hostOf(scheme: string, entry: string): string {
  return new URL(`${scheme}://${entry}`).host;
}

function isLoopback(host: string): boolean {
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
