import { createHash } from 'node:crypto';

/** Ten letters and digits that stand for a button's label, whatever its place among the buttons. */
export function toLabelHash(label: string): string {
  return createHash('sha256').update(label).digest('base64url').replace(/[-_]/g, 'x').slice(0, 10);
}
