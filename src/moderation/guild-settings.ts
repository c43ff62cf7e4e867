import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { AppError, UserError } from '../shared/errors.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import type { Collection, SetAsideDocument, Store, Unreadable } from '../storage/contract.ts';
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

const GuildDocument = z.object({
  /** Counts the changes. */
  revision: z.int().nonnegative(),
  settings: Settings,
  /** The last change's entry, from before it is logged until it is. */
  pending: LogDraft.exactOptional(),
});
type GuildDocument = z.infer<typeof GuildDocument>;

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

export interface GuildSettingsOptions {
  readonly store: Store;
  readonly log: AuditLog;
  readonly clock: Clock;
}

/** What each server has decided, in memory once loaded; each change is stored and leaves one entry in the log, also over a crash. */
export class GuildSettings {
  readonly #store: Store;
  readonly #documents: Collection<GuildDocument>;
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();
  readonly #known = new Map<string, GuildDocument>();
  /** Servers whose last write may or may not have happened. */
  readonly #doubtful = new Set<string>();

  constructor({ store, log, clock }: GuildSettingsOptions) {
    this.#store = store;
    this.#documents = store.collection('guild-settings', GuildDocument, { repair: toClosedDocument });
    this.#log = log;
    this.#clock = clock;
  }

  /** Reads these servers' settings into memory and logs the change that a crash kept from the log. Rejects with a `StoreError`. */
  async load(guildIds: readonly string[]): Promise<void> {
    for (const guildId of guildIds) await this.#lock.run(guildId, () => this.#open(guildId));
  }

  /** From memory. Throws an `AppError` for a server that was not loaded: nobody may do anything there. */
  get(guildId: string): Settings {
    const known = this.#known.get(guildId);
    if (known === undefined) throw new AppError('guild-not-loaded', 'The settings of this server are not loaded.');
    return known.settings;
  }

  /** What of this server could not be read and was set aside, oldest first. */
  async listSetAside(guildId: string): Promise<readonly SetAsideDocument[]> {
    const all = await this.#store.listSetAside();
    return all.filter(({ key }) => key.split(':')[0] === guildId).toSorted((one, other) => one.at - other.at);
  }

  /** Logs changes whose entry could not be written when they were made. */
  async settle(): Promise<void> {
    const owing = [...this.#known].filter(([id, { pending }]) => pending !== undefined || this.#doubtful.has(id));
    await this.load(owing.map(([guildId]) => guildId));
  }

  /** Stores what `change` makes of the settings, and logs it once. Rejects with a `StoreError`, after which the change may have been made. */
  change(
    guildId: string,
    { by, action, what }: Change,
    change: (settings: Settings) => Settings,
  ): Promise<ChangeOutcome> {
    return this.#lock.run(guildId, async () => {
      const document = await this.#open(guildId);
      const settings = this.#withOnSince(document.settings, Settings.parse(change(document.settings)));
      return this.#apply(guildId, settings, { actorId: by, action, details: { what } });
    });
  }

  /** Sets what an entry changed back to what it was. Throws a `UserError` when it is no such entry or was changed again since. */
  undo(guildId: string, by: string, entryNumber: number): Promise<ChangeOutcome> {
    return this.#lock.run(guildId, async () => {
      const { settings } = await this.#open(guildId);
      const diff = toDiff(await this.#log.get(guildId, entryNumber), entryNumber);
      const parts = toParts(settings);
      const names = namesOf(diff);
      const changed = names.filter((name) => !isSame(parts[name], diff.after[name]));
      if (changed.length > 0) throw await this.#toChangedSince(guildId, entryNumber, changed);
      const others = Object.fromEntries(Object.entries(parts).filter(([name]) => !names.includes(name)));
      const next = this.#withOnSince(settings, fromParts({ ...others, ...diff.before }));
      return this.#apply(guildId, next, { actorId: by, action: LOG_ACTION.undo, details: { entry: entryNumber } });
    });
  }

  async #apply(
    guildId: string,
    settings: Settings,
    entry: Pick<LogDraft, 'actorId' | 'action' | 'details'>,
  ): Promise<ChangeOutcome> {
    const { revision, settings: known } = this.#known.get(guildId) ?? { revision: 0, settings: DEFAULT_SETTINGS };
    const diff = diffParts(toParts(known), toParts(settings));
    if (diff === undefined) return { outcome: 'unchanged', settings: known };
    const next = revision + 1;
    const pending = { ...entry, ...diff, id: `settings:${guildId}:${next}`, at: this.#clock.now(), guildId };
    await this.#write(guildId, { revision: next, settings, pending });
    const entryNumber = await this.#logPending(guildId, { revision: next, settings }, pending);
    return { outcome: 'changed', settings, entryNumber, diff };
  }

  /** The document as it is on disk for sure, with nothing left to log. */
  async #open(guildId: string): Promise<GuildDocument> {
    const known = this.#doubtful.has(guildId) ? undefined : this.#known.get(guildId);
    const document = known ?? (await this.#documents.get(guildId)) ?? { revision: 0, settings: DEFAULT_SETTINGS };
    this.#known.set(guildId, document);
    this.#doubtful.delete(guildId);
    const { pending, ...rest } = document;
    if (pending === undefined) return document;
    await this.#logPending(guildId, rest, pending);
    return rest;
  }

  async #logPending(guildId: string, document: GuildDocument, pending: LogDraft): Promise<number> {
    const entryNumber = await this.#log.append(pending);
    await this.#write(guildId, document);
    return entryNumber;
  }

  async #write(guildId: string, document: GuildDocument): Promise<void> {
    this.#doubtful.add(guildId);
    await this.#documents.set(guildId, document);
    this.#known.set(guildId, document);
    this.#doubtful.delete(guildId);
  }

  #withOnSince(before: Settings, { review, ...others }: Settings): Settings {
    const { onSince: _given, ...rest } = review;
    if (rest.mode === 'off') return { ...others, review: rest };
    const known = before.review.mode === 'on' ? before.review.onSince : undefined;
    return { ...others, review: { ...rest, onSince: known ?? this.#clock.now() } };
  }

  async #toChangedSince(guildId: string, entryNumber: number, parts: readonly string[]): Promise<UserError> {
    const later = await this.#findLaterChange(guildId, entryNumber, parts);
    const by = later === undefined ? 'since' : `by entry ${later.number}`;
    const advice = later === undefined ? 'Change it by its command instead.' : `Undo entry ${later.number} first.`;
    return new UserError('undo-changed-since', `What entry ${entryNumber} set was changed again ${by}. ${advice}`);
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

/** What cannot be read might have denied anything, or held every result: so that is what holds until somebody decides anew. */
function toClosedDocument({ key: guildId, now }: Unreadable): GuildDocument {
  const deny = Action.options.map((action) => ({ action, roleId: guildId }));
  const review = { ...DEFAULT_SETTINGS.review, mode: 'on', onSince: 0 } as const;
  return { revision: now, settings: { ...DEFAULT_SETTINGS, grants: { allow: [], deny }, review } };
}

const SETTING_ACTIONS: readonly string[] = [LOG_ACTION.permissionChange, LOG_ACTION.settingChange, LOG_ACTION.undo];

function toDiff(entry: LogEntry | undefined, number: number): SettingDiff {
  if (entry === undefined) {
    throw new UserError('undo-no-entry', `The log has no entry ${number}. See \`/mod log\` for the numbers.`);
  }
  const diff = readDiff(entry);
  if (diff !== undefined) return diff;
  throw new UserError('undo-no-setting', `Entry ${number} changed no setting. Only changes of settings can be undone.`);
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
