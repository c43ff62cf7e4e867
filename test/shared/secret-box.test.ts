import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseSecretKeys, type Sealed, SecretBox, toSecretKey } from '../../src/shared/secret-box.ts';

const SECRET = 'user:12345-a-secret-that-nobody-may-see';
const OWNER = ['g1', 'own-1-1'] as const;
const old = toSecretKey('old', randomBytes(32));
const fresh = toSecretKey('fresh', randomBytes(32));

/** The text with one bit of it turned over. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}

describe('SecretBox', () => {
  const box = new SecretBox([old]);

  it('opens what it sealed, for its owner', () => {
    const sealed = box.seal(SECRET, OWNER);

    expect(sealed.keyId).toBe('old');
    expect(JSON.stringify(sealed)).not.toContain(SECRET);
    expect(box.open(sealed, OWNER)).toEqual({ outcome: 'opened', text: SECRET });
  });

  it('seals the same text anew each time, with a nonce of 12 bytes', () => {
    const nonces = Array.from({ length: 200 }, () => box.seal(SECRET, OWNER).nonce);

    expect(new Set(nonces).size).toBe(200);
    expect(Buffer.from(nonces[0] ?? '', 'base64').length).toBe(12);
  });

  it.each([[['g2', 'own-1-1']], [['g1', 'own-1-2']], [['g1']], [['g1","own-1-1']], [['own-1-1', 'g1']]])(
    'opens nothing that was moved to another owner: %j',
    (owner) => {
      expect(box.open(box.seal(SECRET, OWNER), owner)).toEqual({ outcome: 'damaged' });
    },
  );

  it('opens nothing that was changed or cut', () => {
    const sealed = box.seal(SECRET, OWNER);
    const cut = (text: string, bytes: number) => Buffer.from(text, 'base64').subarray(0, bytes).toString('base64');
    const broken: Partial<Sealed>[] = [
      { text: flipped(sealed.text) },
      { text: cut(sealed.text, 5) },
      { text: '' },
      { tag: flipped(sealed.tag) },
      { tag: cut(sealed.tag, 4) },
      { tag: '' },
      { nonce: flipped(sealed.nonce) },
      { nonce: cut(sealed.nonce, 8) },
      { nonce: '' },
      { nonce: '!' },
    ];

    for (const part of broken)
      expect(box.open({ ...sealed, ...part }, OWNER), inspect(part)).toEqual({ outcome: 'damaged' });
  });

  it('opens nothing with another key, whatever that one is called', () => {
    const sealed = box.seal(SECRET, OWNER);

    expect(new SecretBox([fresh]).open(sealed, OWNER)).toEqual({ outcome: 'no-key' });
    expect(new SecretBox([toSecretKey('old', randomBytes(32))]).open(sealed, OWNER)).toEqual({ outcome: 'damaged' });
    expect(new SecretBox([fresh, old]).open({ ...sealed, keyId: 'fresh' }, OWNER)).toEqual({ outcome: 'damaged' });
  });

  it('goes on opening what an older key has sealed, and seals with the first one', () => {
    const sealed = box.seal(SECRET, OWNER);
    const rotated = new SecretBox([fresh, old]);

    expect(rotated.open(sealed, OWNER)).toEqual({ outcome: 'opened', text: SECRET });
    const again = rotated.seal(SECRET, OWNER);
    expect(again.keyId).toBe('fresh');
    expect(box.open(again, OWNER)).toEqual({ outcome: 'no-key' });
  });

  it('keeps any text as it is', () => {
    for (const text of ['', 'ü😀\n', 'x'.repeat(4_000)])
      expect(box.open(box.seal(text, OWNER), OWNER)).toEqual({ outcome: 'opened', text });
  });
});

describe('the keys of SECRETS_KEY', () => {
  const base64 = randomBytes(32).toString('base64');

  it('are read with their names, in their order', () => {
    const other = randomBytes(32).toString('base64url');
    const keys = parseSecretKeys(` k2:${base64} , k1:${other}`) ?? [];

    expect(keys.map(({ id }) => id)).toEqual(['k2', 'k1']);
    expect(keys[0]?.key.export().toString('base64')).toBe(base64);
    expect(keys[1]?.key.export().toString('base64url')).toBe(other);
  });

  it('show nothing of themselves when they are printed', () => {
    const keys = parseSecretKeys(`k1:${base64}`);

    expect(inspect(keys, { depth: 9 }) + JSON.stringify(keys)).not.toContain(base64);
  });

  it.each([
    ['', 'nothing'],
    [base64, 'no name'],
    [`:${base64}`, 'an empty name'],
    [`k 1:${base64}`, 'a blank in the name'],
    [`k1:${base64},`, 'a comma too much'],
    [`k1:${base64},k1:${base64}`, 'a name twice'],
    [`k1:${randomBytes(16).toString('base64')}`, '16 bytes'],
    [`k1:${randomBytes(33).toString('base64')}`, '33 bytes'],
    [`k1:${'!'.repeat(43)}=`, 'other signs'],
  ])('are not %j: %s', (text) => {
    expect(parseSecretKeys(text)).toBeUndefined();
  });
});
