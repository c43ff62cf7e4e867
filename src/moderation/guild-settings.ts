import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { AppError, UserError } from '../shared/errors.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import type { Transaction } from '../shared/transaction.ts';
import {
  type Collection,
  type SetAsideDocument,
  type Store,
  StoreError,
  type Unreadable,
} from '../storage/contract.ts';
import type { AuditLog } from './log/audit-log.ts';
import { LOG_ACTION, LogDraft, type LogEntry } from './log/log-entry.ts';
import { Action } from './policy.ts';
import {
  DEFAULT_SETTINGS,
  diffParts,
  fromParts,
  isSame,
  type SettingDiff,
  SettingParts,
  Settings,
  toParts,
} from './settings.ts';
import { moderationProblemWords } from './words.ts';

const GuildDocument = z.object({
  /** Counts the changes. */
  revision: z.int().nonnegative(),
  settings: Settings,
  /** The last change's entry, which version 0.2 logged after it had stored the change, and may owe. */
  pending: LogDraft.exactOptional(),
});
type GuildDocument = z.infer<typeof GuildDocument>;

const UNCHANGED: GuildDocument = { revision: 0, settings: DEFAULT_SETTINGS };

export type SettingAction = 'permission-change' | 'setting-change';

export interface Change {
  readonly by: string;
  readonly action: SettingAction;
  /** What the member did, for the log: `/mod allow`. */
  readonly what: string;
}

export type ChangeOutcome =
  | {
      readonly outcome: 'changed';
      readonly settings: Settings;
      readonly entryNumber: number;
      readonly diff: SettingDiff;
    }
  | { readonly outcome: 'unchanged'; readonly settings: Settings };

/** What is to be stored, and what comes of that. */
interface Written<T> {
  readonly document: GuildDocument;
  readonly result: T;
}

type Work<T> = (known: GuildDocument, transaction: Transaction) => Promise<Written<T>>;

export interface GuildSettingsOptions {
  readonly store: Store;
  readonly log: AuditLog;
  readonly clock: Clock;
}

/**
 * What each server has decided, in memory once loaded; each change is stored together with its one entry in the log.
 */
export class GuildSettings {
  readonly #store: Store;
  readonly #documents: Collection<GuildDocument>;
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();
  readonly #known = new Map<string, GuildDocument>();
  /** Servers whose last write may or may not have happened: what is in memory may not be what is stored. */
  readonly #doubtful = new Set<string>();

  constructor({ store, log, clock }: GuildSettingsOptions) {
    this.#store = store;
    this.#documents = store.collection('guild-settings', GuildDocument, { repair: toClosedDocument });
    this.#log = log;
    this.#clock = clock;
  }

  /** Reads these servers' settings into memory. Rejects with a `StoreError`. */
  async load(guildIds: readonly string[]): Promise<void> {
    const isFirst = (guildId: string) => !this.#known.has(guildId) && !this.#doubtful.has(guildId);
    const again = guildIds.filter((guildId) => !isFirst(guildId));
    await this.#readFirst(guildIds.filter(isFirst));
    for (const guildId of again) await this.#write(guildId, asItIs);
  }

  /** All at once: there may be thousands of servers at the start. Whoever changed one meanwhile knows better. */
  async #readFirst(guildIds: readonly string[]): Promise<void> {
    const stored = await this.#documents.getMany(guildIds);
    for (const [at, guildId] of guildIds.entries()) {
      const document = stored[at] ?? UNCHANGED;
      if (document.pending !== undefined) await this.#write(guildId, asItIs);
      else if (!this.#known.has(guildId)) this.#known.set(guildId, document);
    }
  }

  /** From memory. Throws an `AppError` for a server that was not loaded: nobody may do anything there. */
  get(guildId: string): Settings {
    const known = this.#known.get(guildId);
    if (known === undefined) throw new AppError('guild-not-loaded', 'The settings of this server are not loaded.');
    return known.settings;
  }

  /** Deletes a server's settings. Rejects with a `StoreError`. */
  async forget(guildId: string): Promise<void> {
    await this.#lock.run(guildId, async () => {
      await this.#documents.delete(guildId);
      this.#known.delete(guildId);
      this.#doubtful.delete(guildId);
    });
  }

  /** What of this server could not be read and was set aside, oldest first. */
  async listSetAside(guildId: string): Promise<readonly SetAsideDocument[]> {
    const all = await this.#store.listSetAside();
    return all.filter(({ key }) => key.split(':')[0] === guildId).toSorted((one, other) => one.at - other.at);
  }

  /** Reads again what may not be as memory has it. */
  async settle(): Promise<void> {
    await this.load([...this.#doubtful]);
  }

  /**
   * Stores what `change` makes of the settings, and logs it once. Rejects with a `StoreError`, after which the change
   * may have been made. `change` must have no effects: it is made again where another writer was faster.
   */
  change(
    guildId: string,
    { by, action, what }: Change,
    change: (settings: Settings) => Settings,
  ): Promise<ChangeOutcome> {
    return this.#write(guildId, async (document, transaction) => {
      const settings = this.#withOnSince(document.settings, Settings.parse(change(document.settings)));
      return this.#apply(guildId, document, settings, { actorId: by, action, details: { what } }, transaction);
    });
  }

  /**
   * Sets what an entry changed back to what it was. Throws a `UserError` when it is no such entry or was changed again
   * since.
   */
  undo(guildId: string, by: string, entryNumber: number): Promise<ChangeOutcome> {
    return this.#write(guildId, async (document, transaction) => {
      const { settings } = document;
      const diff = toDiff(await this.#log.get(guildId, entryNumber), entryNumber);
      const parts = toParts(settings);
      const names = namesOf(diff);
      const changed = names.filter((name) => !isSame(parts[name], diff.after[name]));
      if (changed.length > 0) throw await this.#toChangedSince(guildId, entryNumber, changed);
      const others = Object.fromEntries(Object.entries(parts).filter(([name]) => !names.includes(name)));
      const next = this.#withOnSince(settings, fromParts({ ...others, ...diff.before }));
      const entry = { actorId: by, action: LOG_ACTION.undo, details: { entry: entryNumber } };
      return this.#apply(guildId, document, next, entry, transaction);
    });
  }

  /** What a change comes to: the document to be stored, and what its caller gets. */
  async #apply(
    guildId: string,
    document: GuildDocument,
    settings: Settings,
    entry: Pick<LogDraft, 'actorId' | 'action' | 'details'>,
    transaction: Transaction,
  ): Promise<Written<ChangeOutcome>> {
    const diff = diffParts(toParts(document.settings), toParts(settings));
    if (diff === undefined) return { document, result: { outcome: 'unchanged', settings: document.settings } };
    const revision = document.revision + 1;
    const draft = { ...entry, ...diff, id: `settings:${guildId}:${revision}`, at: this.#clock.now(), guildId };
    const entryNumber = await this.#log.append(draft, transaction);
    return { document: { revision, settings }, result: { outcome: 'changed', settings, entryNumber, diff } };
  }

  /** Stores what `work` makes of the document on disk, and all that it logs, as one; then memory has it too. */
  #write<T>(guildId: string, work: Work<T>): Promise<T> {
    return this.#lock.run(guildId, async () => {
      if (this.#doubtful.has(guildId)) await this.#commit(guildId, asItIs);
      return this.#commit(guildId, work);
    });
  }

  async #commit<T>(guildId: string, work: Work<T>): Promise<T> {
    try {
      const { document, result } = await this.#store.transaction((transaction) =>
        this.#writeWithin(transaction, guildId, work),
      );
      this.#known.set(guildId, document);
      this.#doubtful.delete(guildId);
      return result;
    } catch (thrown) {
      if (thrown instanceof StoreError) this.#doubtful.add(guildId);
      throw thrown;
    }
  }

  async #writeWithin<T>(transaction: Transaction, guildId: string, work: Work<T>): Promise<Written<T>> {
    const documents = this.#documents.within(transaction);
    const stored = await documents.get(guildId);
    const { pending, ...known } = stored ?? UNCHANGED;
    if (pending !== undefined) await this.#log.append(pending, transaction);
    const written = await work(known, transaction);
    if (pending !== undefined || written.document !== known) await documents.set(guildId, written.document);
    return written;
  }

  #withOnSince(before: Settings, { review, ...others }: Settings): Settings {
    const { onSince: _given, ...rest } = review;
    if (rest.mode === 'off') return { ...others, review: rest };
    const known = before.review.mode === 'on' ? before.review.onSince : undefined;
    return { ...others, review: { ...rest, onSince: known ?? this.#clock.now() } };
  }

  async #toChangedSince(guildId: string, entryNumber: number, parts: readonly string[]): Promise<UserError> {
    const later = await this.#findLaterChange(guildId, entryNumber, parts);
    return new UserError('undo-changed-since', moderationProblemWords.changedSince(entryNumber, later?.number));
  }

  async #findLaterChange(
    guildId: string,
    entryNumber: number,
    parts: readonly string[],
  ): Promise<LogEntry | undefined> {
    let before: number | undefined;
    do {
      const page = await this.#log.page(guildId, { limit: 100, ...compact({ before }) });
      for (const entry of page.entries) {
        if (entry.number <= entryNumber) return undefined;
        const diff = readDiff(entry);
        if (diff !== undefined && namesOf(diff).some((name) => parts.includes(name))) return entry;
      }
      before = page.nextBefore;
    } while (before !== undefined);
    return undefined;
  }
}

async function asItIs(document: GuildDocument): Promise<Written<undefined>> {
  return { document, result: undefined };
}

/**
 * What cannot be read might have denied anything, or held every result: so that is what holds until somebody decides
 * anew.
 */
function toClosedDocument({ key: guildId, now }: Unreadable): GuildDocument {
  const deny = Action.options.map((action) => ({ action, roleId: guildId }));
  const review = { ...DEFAULT_SETTINGS.review, mode: 'on', onSince: 0 } as const;
  return { revision: now, settings: { ...DEFAULT_SETTINGS, grants: { allow: [], deny }, review } };
}

const SETTING_ACTIONS: readonly string[] = [LOG_ACTION.permissionChange, LOG_ACTION.settingChange, LOG_ACTION.undo];

function toDiff(entry: LogEntry | undefined, number: number): SettingDiff {
  if (entry === undefined) {
    throw new UserError('undo-no-entry', moderationProblemWords.noEntry(number));
  }
  const diff = readDiff(entry);
  if (diff !== undefined) return diff;
  throw new UserError('undo-no-setting', moderationProblemWords.noSetting(number));
}

/** None for what changed no setting of a server, such as the reset of an API channel. */
function readDiff(entry: LogEntry): SettingDiff | undefined {
  if (!SETTING_ACTIONS.includes(entry.action)) return undefined;
  const before = SettingParts.safeParse(entry.before);
  const after = SettingParts.safeParse(entry.after);
  return before.success && after.success ? { before: before.data, after: after.data } : undefined;
}

function namesOf({ before, after }: SettingDiff): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}
