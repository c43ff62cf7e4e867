import { describe, expect, it } from 'vitest';
import { isPublicAddress, mayBePublicHost } from '../../src/shared/public-addresses.ts';

describe('an IP address is public', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '223.255.255.255', '2606:4700::1111', '64:ff9b::808:808'])(
    'when it is %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.1.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'localhost',
    '',
  ])('but not when it is %j', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('an address on the web may be public', () => {
  const hostnameOf = (url: string) => new URL(url).hostname;

  it.each([
    'https://api.useapi.net',
    'http://1.1.1.1:8080',
    'https://[2606:4700::1111]/mj',
    'https://bücher.example.org',
  ])('when it is %s', (url) => {
    expect(mayBePublicHost(hostnameOf(url))).toBe(true);
  });

  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://0x7f.0.0.1',
    'http://0x7f000001',
    'http://2130706433',
    'http://017700000001',
    'http://0177.0.0.1',
    'http://127.0.0.1.',
    'http://１２７.0.0.1',
    'http://0',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://[0:0:0:0:0:ffff:7f00:0001]',
    'http://[fd00::1]',
    'http://192.168.0.1',
    'http://169.254.169.254/latest/meta-data',
    'http://localhost',
    'http://LOCALHOST.',
    'http://db.localhost',
    'http://redis:6379',
    'http://metadata.google.internal',
    'http://printer.local',
  ])('but not when it is %s', (url) => {
    expect(mayBePublicHost(hostnameOf(url))).toBe(false);
  });
});
