import { z } from 'zod';
import { toOwnId } from '../../backends/accounts/own-id.ts';
import type { Backend } from '../../backends/contract.ts';
import { Sealed } from '../../shared/secret-box.ts';

/** What a server may bring: `mj-bearer` is a proxy that takes its secret as `Authorization: Bearer`. */
export const OWN_KINDS = ['useapi', 'mj', 'mj-bearer', 'minimax', 'dreamina'] as const;
export const OwnKind = z.enum(OWN_KINDS);
export type OwnKind = z.infer<typeof OwnKind>;

/** What is stored of a server's own account. */
export const OwnAccountDocument = z.object({
  accountId: z.string(),
  kind: OwnKind,
  /** None: the usual address of its kind. */
  url: z.string().exactOptional(),
  model: z.string().exactOptional(),
  sealed: Sealed,
  /** The member who brought it. */
  by: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
});
export type OwnAccountDocument = z.infer<typeof OwnAccountDocument>;

/**
 * What takes the place of a document that cannot be read: an account that cannot be opened, so that nobody else pays
 * for the server's jobs until somebody decides anew.
 */
export function toClosedDocument(guildId: string, now: number): OwnAccountDocument {
  const sealed = { keyId: '?', nonce: '', text: '', tag: '' };
  return { accountId: toOwnId(guildId, now), kind: 'useapi', by: '?', at: now, sealed };
}

/** An account as it is opened. */
export interface OwnAccountSpec {
  readonly kind: OwnKind;
  readonly url: string;
  readonly secret: string;
  readonly model?: string;
}

/** Opens a backend without a call. */
export type OpenOwn = (spec: OwnAccountSpec) => Backend;

/** `no-key`, `damaged`: its secret cannot be read; `closed`: its server is not served. */
export type OwnState = 'open' | 'no-key' | 'damaged' | 'closed';

/** What may be shown of an account. */
export interface OwnAccountView {
  readonly accountId: string;
  readonly kind: OwnKind;
  readonly url: string;
  readonly model?: string;
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Of the key that its secret is encrypted with. */
  readonly keyId: string;
  readonly state: OwnState;
}

/** A change as it is logged. */
export interface OwnAccountEvent {
  /** Idempotency key. */
  readonly id: string;
  readonly guildId: string;
  readonly by: string;
  readonly at: number;
  readonly what: 'brought' | 'replaced' | 'renewed' | 'removed';
  readonly kind: OwnKind;
  readonly url: string;
}

/** Whose a secret is: neither another server nor another address can make use of it. */
export function toSecretOwner(guildId: string, { accountId, kind, url = '' }: Omit<OwnAccountDocument, 'sealed'>) {
  return [guildId, accountId, kind, url];
}
