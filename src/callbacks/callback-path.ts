import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keys } from './callback-keys.ts';

/** `/token/reference.signature`, the token and the signature being 32 bytes each. */
const PATH = /^\/(?<token>[\w-]{43})\/(?<ref>[\w-]{1,64})\.(?<signature>[\w-]{43})$/;

/** The path that a backend calls for one submission: it is good for no other. */
export function toCallbackPath({ token, key }: Keys, ref: string): string {
  return `/${token}/${ref}.${sign(key, ref)}`;
}

/** Which submission a path names; undefined where it is not one of ours, however it differs. */
export function readCallbackPath(path: string, valid: readonly Keys[]): string | undefined {
  const { token = '', ref = '', signature = '' } = PATH.exec(path)?.groups ?? {};
  if (ref === '') return undefined;
  // Each is compared, so that the time it takes does not tell which was nearly right.
  const known = valid.filter((keys) => isSame(keys.token, token));
  return known.some(({ key }) => isSame(sign(key, ref), signature)) ? ref : undefined;
}

function sign(key: string, ref: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64url')).update(ref).digest('base64url');
}

function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
