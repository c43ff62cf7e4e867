import type { Accounts } from '../../backends/accounts/accounts.ts';
import { unqualify } from '../../backends/accounts/job-ids.ts';
import { toOwnerGuildId, toOwnId } from '../../backends/accounts/own-id.ts';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import { Listeners } from '../../shared/listeners.ts';
import type { Logger } from '../../shared/logger.ts';
import { SecretBox, type SecretKey } from '../../shared/secret-box.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import { problemWords } from '../words.ts';
import { AttemptLimit } from './attempt-limit.ts';
import {
  type OpenOwn,
  OwnAccountDocument,
  type OwnAccountEvent,
  type OwnAccountSpec,
  type OwnAccountView,
  type OwnState,
  toClosedDocument,
  toSecretOwner,
} from './own-account.ts';
import { type CheckProblem, checkAccount } from './own-account-check.ts';
import { type InputProblem, type OwnAccountInput, readInput } from './own-account-input.ts';

/** Why an account was not kept; `too-often`: it is to be tried again later. */
export type BringProblem = InputProblem | CheckProblem | 'too-often';

export type BringOutcome =
  | { readonly outcome: 'brought' | 'renewed'; readonly account: OwnAccountView }
  | { readonly outcome: 'not-kept'; readonly why: BringProblem };

/** Logs a change as part of the transaction that stores it; idempotent by its id. */
export type OwnAccountRecorder = (event: OwnAccountEvent, transaction: Transaction) => Promise<void>;

export interface OwnAccountsOptions {
  readonly store: Pick<Store, 'collection' | 'transaction'>;
  /** The first one encrypts, all decrypt; none: nothing new is taken, and nothing can be opened. */
  readonly keys: readonly SecretKey[];
  /** Whether addresses may be loopback or private. */
  readonly allowsPrivate: boolean;
  /** Of the accounts at useapi.net that name no address; default `https://api.useapi.net`. */
  readonly useapiUrl?: string;
  readonly accounts: Pick<Accounts, 'add' | 'remove' | 'ownOf'>;
  readonly open: OpenOwn;
  /** Whether a server is served: the account of one that is not stays closed. */
  readonly isServed: (guildId: string) => boolean;
  readonly record: OwnAccountRecorder;
  readonly clock: Clock;
  readonly logger: Logger;
}

const USEAPI_URL = 'https://api.useapi.net';

interface Known {
  readonly document: OwnAccountDocument;
  readonly state: OwnState;
}

/**
 * The accounts that servers bring, one each: checked by a read before they are kept, their secrets encrypted for that
 * server and that address, open while their server is served. What can be shown is in memory once loaded.
 */
export class OwnAccounts {
  /** Whether servers may bring one. */
  readonly isOffered: boolean;
  readonly #options: Required<OwnAccountsOptions>;
  readonly #box: SecretBox | undefined;
  readonly #documents: Collection<OwnAccountDocument>;
  readonly #known = new Map<string, Known>();
  readonly #lock = new KeyedLock();
  readonly #attempts: AttemptLimit;
  readonly #opened = new Listeners<[guildId: string], void>();
  readonly #dropped = new Listeners<[guildId: string, accountId: string]>();
  readonly #closing = new Listeners<[accountId: string], void>();
  /** Calls the listener with each server whose account was opened. */
  readonly onOpened = this.#opened.on;
  /** Calls the listener with each account that is closed, for whatever reason. */
  readonly onClosing = this.#closing.on;
  /** Calls the listener with each account that was removed, or gave way to another one; its jobs are read no more. */
  readonly onDropped = this.#dropped.on;

  constructor(options: OwnAccountsOptions) {
    this.#options = { useapiUrl: USEAPI_URL, ...options };
    const [first, ...others] = options.keys;
    this.isOffered = first !== undefined;
    this.#box = first === undefined ? undefined : new SecretBox([first, ...others]);
    this.#documents = options.store.collection('own-accounts', OwnAccountDocument, {
      repair: ({ key, now }) => toClosedDocument(key, now),
    });
    this.#attempts = new AttemptLimit(options.clock);
  }

  /**
   * Reads all accounts, encrypts anew what is under an older key, and opens those of the servers that are served.
   * Rejects with a `StoreError`; a secret that cannot be read keeps nothing else from being opened.
   */
  async load(servedIds: readonly string[]): Promise<void> {
    for await (const [guildId, document] of this.#documents.entries())
      this.#known.set(guildId, { document: await this.#renewKey(guildId, document), state: 'closed' });
    for (const guildId of servedIds) this.open(guildId);
  }

  /** Opens a server's account, where it has one. */
  open(guildId: string): void {
    const document = this.#known.get(guildId)?.document;
    if (document === undefined || this.#options.accounts.ownOf(guildId) !== undefined) return;
    const state = this.#openDocument(guildId, document);
    this.#known.set(guildId, { document, state });
    if (state === 'open') this.#opened.emit(guildId);
    else
      this.#options.logger.warn({ guildId, keyId: document.sealed.keyId, state }, 'An own account cannot be opened.');
  }

  /** From memory. */
  find(guildId: string): OwnAccountView | undefined {
    const known = this.#known.get(guildId);
    return known && this.#toView(known);
  }

  /** Whether a server has brought an account that cannot be used now. */
  isClosed(guildId: string): boolean {
    const known = this.#known.get(guildId);
    return known !== undefined && known.state !== 'open';
  }

  /** Whether a board is of an account that its server has no longer, and that never comes back. */
  isDropped(board: string): boolean {
    const { accountId } = unqualify(board);
    const guildId = accountId && toOwnerGuildId(accountId);
    return guildId !== undefined && this.#known.get(guildId)?.document.accountId !== accountId;
  }

  /**
   * Checks an account by a read, then keeps it in the place of the one before. Rejects with a `StoreError`, after which
   * the one that `find` names is in use.
   */
  bring(guildId: string, by: string, input: OwnAccountInput): Promise<BringOutcome> {
    return this.#lock.run(guildId, async () => {
      const box = this.#box;
      if (box === undefined) return { outcome: 'not-kept', why: 'too-often' };
      const { useapiUrl, allowsPrivate, open } = this.#options;
      const spec = readInput(input, { useapiUrl, allowsPrivate });
      if (typeof spec === 'string') return { outcome: 'not-kept', why: spec };
      if (!this.#attempts.take(guildId)) return { outcome: 'not-kept', why: 'too-often' };
      const problem = await checkAccount(spec, open);
      if (problem !== undefined) return { outcome: 'not-kept', why: problem };
      return this.#keep(guildId, by, spec, box);
    });
  }

  /** Forgets a server's account; returns whether it was still this one. Rejects with a `StoreError`. */
  remove(guildId: string, by: string, accountId: string): Promise<boolean> {
    return this.#lock.run(guildId, async () => {
      const document = this.#known.get(guildId)?.document;
      if (document?.accountId !== accountId) return false;
      await this.#options.store.transaction(async (transaction) => {
        await this.#documents.within(transaction).delete(guildId);
        await this.#options.record(this.#toEvent(guildId, by, 'removed', document), transaction);
      });
      this.#known.delete(guildId);
      await this.#drop(guildId, accountId);
      return true;
    });
  }

  /** Closes the account of a server that is served no more; it is kept. */
  leave(guildId: string): Promise<void> {
    return this.#lock.run(guildId, async () => {
      const known = this.#known.get(guildId);
      if (known === undefined) return;
      this.#close(guildId);
      this.#known.set(guildId, { ...known, state: 'closed' });
    });
  }

  /** Deletes what is kept of a server. Rejects with a `StoreError`. */
  forget(guildId: string): Promise<void> {
    return this.#lock.run(guildId, async () => {
      await this.#documents.delete(guildId);
      this.#close(guildId);
      this.#known.delete(guildId);
    });
  }

  /** What names a member, as JSON lines; never the secret. */
  async *exportMemberLines(guildId: string, memberId: string): AsyncGenerator<string> {
    const account = this.find(guildId);
    if (account?.by === memberId) yield `${JSON.stringify({ ownAccount: account })}\n`;
  }

  /** Puts a pseudonym in a member's place. Rejects with a `StoreError`. */
  replaceMember(guildId: string, memberId: string, pseudonym: string): Promise<void> {
    return this.#lock.run(guildId, async () => {
      const document = await this.#documents.update(guildId, (stored) =>
        stored?.by === memberId ? { ...stored, by: pseudonym } : undefined,
      );
      const known = this.#known.get(guildId);
      if (document !== undefined && known !== undefined) this.#known.set(guildId, { ...known, document });
    });
  }

  async #keep(guildId: string, by: string, spec: OwnAccountSpec, box: SecretBox): Promise<BringOutcome> {
    const before = this.#known.get(guildId)?.document;
    const isSame = before !== undefined && before.kind === spec.kind && this.#urlOf(before) === spec.url;
    const document = this.#toDocument(guildId, by, spec, box, isSame ? before.accountId : undefined);
    const what = isSame ? 'renewed' : before === undefined ? 'brought' : 'replaced';
    await this.#options.store.transaction(async (transaction) => {
      await this.#documents.within(transaction).set(guildId, document);
      await this.#options.record(this.#toEvent(guildId, by, what, document), transaction);
    });
    // Without a pause in between, in which new jobs would go to an account that somebody else pays for.
    this.#close(guildId);
    this.#known.set(guildId, { document, state: 'closed' });
    // The bot may have left while the account was checked.
    if (this.#options.isServed(guildId)) this.open(guildId);
    if (before !== undefined && !isSame) await this.#dropped.emitInTurn(guildId, before.accountId);
    const account = this.#toView({ document, state: this.#known.get(guildId)?.state ?? 'closed' });
    return { outcome: isSame ? 'renewed' : 'brought', account };
  }

  #toDocument(guildId: string, by: string, spec: OwnAccountSpec, box: SecretBox, knownId: string | undefined) {
    const { kind, url, secret, model } = spec;
    const { clock, useapiUrl } = this.#options;
    const named = url === useapiUrl ? undefined : url;
    const at = clock.now();
    const accountId = knownId ?? this.#toNewId(guildId, at);
    const document = { accountId, kind, by, at, ...compact({ url: named, model }) };
    return { ...document, sealed: box.seal(secret, toSecretOwner(guildId, document)) };
  }

  /** Unlike the one before, whose jobs are of another account, also within one second. */
  #toNewId(guildId: string, at: number): string {
    const id = toOwnId(guildId, at);
    return this.#known.get(guildId)?.document.accountId === id ? toOwnId(guildId, at + 1_000) : id;
  }

  #openDocument(guildId: string, document: OwnAccountDocument): OwnState {
    const secret = this.#box?.open(document.sealed, toSecretOwner(guildId, document)) ?? { outcome: 'no-key' };
    if (secret.outcome !== 'opened') return secret.outcome;
    const { accountId: id, kind, model } = document;
    const spec = { kind, url: this.#urlOf(document), secret: secret.text, ...compact({ model }) };
    this.#options.accounts.add({
      id,
      name: problemWords.ownAccount,
      backend: this.#options.open(spec),
      guildIds: [guildId],
    });
    return 'open';
  }

  /** The same document under the key that encrypts now, stored; as it is where it cannot be read. */
  async #renewKey(guildId: string, document: OwnAccountDocument): Promise<OwnAccountDocument> {
    const box = this.#box;
    if (box === undefined || document.sealed.keyId === box.keyId) return document;
    const owner = toSecretOwner(guildId, document);
    const secret = box.open(document.sealed, owner);
    if (secret.outcome !== 'opened') return document;
    const renewed = { ...document, sealed: box.seal(secret.text, owner) };
    await this.#documents.set(guildId, renewed);
    return renewed;
  }

  async #drop(guildId: string, accountId: string): Promise<void> {
    this.#close(guildId);
    await this.#dropped.emitInTurn(guildId, accountId);
  }

  /** At once; its calls end in the background. */
  #close(guildId: string): void {
    const { accounts } = this.#options;
    const account = accounts.ownOf(guildId);
    if (account === undefined) return;
    this.#closing.emit(account.id);
    accounts.remove(guildId).catch(() => undefined);
  }

  #urlOf({ url }: Pick<OwnAccountDocument, 'url'>): string {
    return url ?? this.#options.useapiUrl;
  }

  #toView({ document, state }: Known): OwnAccountView {
    const { accountId, kind, model, by, at, sealed } = document;
    return { accountId, kind, url: this.#urlOf(document), by, at, keyId: sealed.keyId, state, ...compact({ model }) };
  }

  #toEvent(guildId: string, by: string, what: OwnAccountEvent['what'], document: OwnAccountDocument): OwnAccountEvent {
    const { accountId, kind, sealed } = document;
    const id = `own-account:${what}:${accountId}:${sealed.nonce}`;
    return { id, guildId, by, at: this.#options.clock.now(), what, kind, url: this.#urlOf(document) };
  }
}
