import { BlockList, isIP, isIPv4 } from 'node:net';

/** Networks that are not on the internet, or that lead to this machine, by the registries of IANA. */
const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** All that is public lies in 2000::/3, but for these; the last one holds addresses of version 4. */
const PRIVATE_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['2002::', 16],
];

const privateV4 = toBlockList(PRIVATE_V4, 'ipv4');
const privateV6 = toBlockList(PRIVATE_V6, 'ipv6');
const publicV6 = toBlockList([['2000::', 3]], 'ipv6');
/** An address of version 4 within one of version 6, as networks without version 4 have it: `64:ff9b::1.2.3.4`. */
const TRANSLATED = /^64:ff9b::([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** Whether an IP address, in any spelling, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !privateV4.check(address, 'ipv4');
  if (isIP(address) === 0) return false;
  const text = toCanonical(address);
  const [, high, low] = TRANSLATED.exec(text) ?? [];
  if (high !== undefined && low !== undefined) return isPublicAddress(toV4(high, low));
  return publicV6.check(text, 'ipv6') && !privateV6.check(text, 'ipv6');
}

/**
 * Whether the host of an address may be on the public internet: what names nothing else by itself. Where a name leads
 * is known only when it is looked up.
 * @param hostname As `URL` gives it, which spells every address of version 4 with four numbers.
 */
export function mayBePublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) > 0) return isPublicAddress(host);
  return host.includes('.') && !/\.?(localhost|local|internal|localdomain|home\.arpa)$/.test(host.toLowerCase());
}

function toBlockList(networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

/** The shortest spelling, without a zone. */
function toCanonical(address: string): string {
  const url = URL.parse(`http://[${address.replace(/%.*$/, '')}]`);
  return url?.hostname.replace(/^\[|\]$/g, '') ?? address;
}

function toV4(high: string, low: string): string {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
