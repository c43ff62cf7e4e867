import { mayBePublicHost } from '../../shared/public-addresses.ts';
import { httpUrl } from '../../shared/text-schemas.ts';
import type { OwnAccountSpec, OwnKind } from './own-account.ts';

/** What a member typed. */
export interface OwnAccountInput {
  readonly kind: OwnKind;
  /** Without it, the usual address of its kind. */
  readonly url?: string | undefined;
  readonly secret: string;
  /** With which model prompts are submitted, where the kind has several. */
  readonly model?: string | undefined;
}

/** What is wrong with what was typed. */
export type InputProblem = 'address-missing' | 'address' | 'address-insecure' | 'address-private' | 'secret' | 'model';

export interface InputRules {
  /** The usual address of what useapi.net offers. */
  readonly useapiUrl: string;
  readonly allowsPrivate: boolean;
}

const SECRET = /^[\x21-\x7e]{1,1000}$/;
const MODEL = /^[\w.-]{1,60}$/;
const Address = httpUrl();

/** The account that was meant, its address spelt in full; or what is wrong with it. */
export function readInput(input: OwnAccountInput, rules: InputRules): OwnAccountSpec | InputProblem {
  const { kind } = input;
  const secret = input.secret.trim();
  const model = hasModels(kind) ? input.model?.trim() || undefined : undefined;
  const url = readAddress(kind, input.url?.trim() || undefined, rules);
  if ('problem' in url) return url.problem;
  if (!SECRET.test(secret)) return 'secret';
  if (model !== undefined && !MODEL.test(model)) return 'model';
  return { kind, url: url.text, secret, ...(model !== undefined && { model }) };
}

/** Whether an account of this kind submits with one of several models. */
function hasModels(kind: OwnKind): boolean {
  return kind === 'minimax' || kind === 'dreamina';
}

type Address = { readonly text: string } | { readonly problem: InputProblem };

function readAddress(kind: OwnKind, given: string | undefined, { useapiUrl, allowsPrivate }: InputRules): Address {
  const isProxy = kind === 'mj' || kind === 'mj-bearer';
  if (given === undefined) return isProxy ? { problem: 'address-missing' } : { text: useapiUrl };
  const parsed = Address.safeParse(given.includes('://') ? given : `https://${given}`);
  if (!parsed.success) return { problem: 'address' };
  const { protocol, hostname } = new URL(parsed.data);
  if (!allowsPrivate && !mayBePublicHost(hostname)) return { problem: 'address-private' };
  if (!allowsPrivate && protocol !== 'https:') return { problem: 'address-insecure' };
  return { text: isProxy && !parsed.data.endsWith('/mj') ? `${parsed.data}/mj` : parsed.data };
}
