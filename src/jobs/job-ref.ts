import { createHash } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const REF_LENGTH = 8;
const REF_PATTERN = /^[0-9abcdefghjkmnpqrstvwxyz]{8}$/;

/**
 * Our short id of a job: 40 bits of the jobid's hash, so that no index is needed to find it;
 * `salt` sets collisions apart.
 */
export function toJobRef(jobid: string, salt = 0): string {
  const digest = createHash('sha256').update(`${salt}:${jobid}`).digest();
  return Array.from(digest.subarray(0, REF_LENGTH), (byte) => ALPHABET[byte % 32]).join('');
}

export function isJobRef(text: string): boolean {
  return REF_PATTERN.test(text);
}
