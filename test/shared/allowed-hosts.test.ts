import { describe, expect, it } from 'vitest';
import { AllowedHosts } from '../../src/shared/allowed-hosts.ts';

const LOOPBACK = ['127.0.0.1:8080', 'localhost:8080', '[::1]:8080', '127.9.9.9'];
const NO_LOOPBACK = [
  'cdn.example',
  '127.evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'notlocalhost',
];

describe('the hosts from which files may be fetched', () => {
  it.each([...LOOPBACK, ...NO_LOOPBACK])('takes https from %s', (host) => {
    expect(new AllowedHosts([host]).allows(new URL(`https://${host}/a.png`))).toBe(true);
  });

  it.each(LOOPBACK)('takes http from %s, for it is loopback', (host) => {
    expect(new AllowedHosts([host]).allows(new URL(`http://${host}/a.png`))).toBe(true);
  });

  it.each(NO_LOOPBACK)('takes no http from %s, for it is not loopback', (host) => {
    expect(new AllowedHosts([host]).allows(new URL(`http://${host}/a.png`))).toBe(false);
  });

  it.each([
    'https://cdn.example.evil.example/',
    'https://sub.cdn.example/',
    'https://cdn.example:444/',
    'https://cdn.example@evil.example/',
    'http://127.0.0.1:81/',
    'http://localhost/',
    'ftp://127.0.0.1/',
    'file://127.0.0.1/etc/passwd',
  ])('takes nothing from %s', (url) => {
    expect(new AllowedHosts(['cdn.example', '127.0.0.1']).allows(new URL(url))).toBe(false);
  });
});
