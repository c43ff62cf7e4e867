export interface MediaRules {
  readonly baseUrl: string;
  /** With all their subdomains. */
  readonly domains: readonly string[];
  /** `host` or `host:port`. */
  readonly hosts: readonly string[];
}

/** Whether a file may be fetched: from the server itself, and over https from the service's domains and named hosts. */
export function mayFetch({ baseUrl, domains, hosts }: MediaRules, { origin, protocol, host, hostname }: URL): boolean {
  if (origin === new URL(baseUrl).origin) return true;
  const isOwn = domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  return protocol === 'https:' && (isOwn || hosts.includes(host));
}
