import { z } from 'zod';
import { Action, Grants, NO_GRANTS, withGrant } from './policy.ts';
import { ListedWord, toWordKey } from './word-list.ts';

/** Presses and submits per UTC day; what is not there is not limited. */
export const QuotaLimits = z.object({
  /** For every member without a role of `roles`. */
  member: z.int().positive().exactOptional(),
  /** For members with the role; the most generous of a member's roles counts. */
  roles: z.array(z.object({ roleId: z.string(), perDay: z.int().positive() })),
  /** For all members together. */
  server: z.int().positive().exactOptional(),
});
export type QuotaLimits = z.infer<typeof QuotaLimits>;

export const ReviewSettings = z.object({
  /** `on`: every finished job is held; `off`: only jobs whose prompt holds a listed word. */
  mode: z.enum(['on', 'off']),
  /** The Discord channel of the reviewers. */
  channelId: z.string().exactOptional(),
  /** Votes for the same verdict that decide. */
  quorum: z.int().min(1).max(5),
  /** Hours until `onTimeout`; none: a review waits for ever. */
  timeoutHours: z
    .number()
    .positive()
    .max(24 * 60)
    .exactOptional(),
  onTimeout: z.enum(['publish', 'drop', 'remind']),
  /** Epoch milliseconds since when `mode` is on; kept by `GuildSettings` alone. */
  onSince: z.number().exactOptional(),
});
export type ReviewSettings = z.infer<typeof ReviewSettings>;

/** What a server has decided about moderation. */
export const Settings = z.object({
  grants: Grants,
  words: z.array(ListedWord),
  quotas: QuotaLimits,
  review: ReviewSettings,
  /** The Discord channel for what moderators should hear of. */
  alertsChannelId: z.string().exactOptional(),
  /** Days that the log is kept; none: for ever. */
  logRetentionDays: z.int().min(1).max(3_650).exactOptional(),
});
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = {
  grants: NO_GRANTS,
  words: [],
  quotas: { roles: [] },
  review: { mode: 'off', quorum: 1, onTimeout: 'remind' },
};

export type QuotaScope =
  | { readonly scope: 'member' }
  | { readonly scope: 'server' }
  | { readonly scope: 'role'; readonly roleId: string };

/** The limits with this one changed; 0 per day takes the limit away. */
export function withQuota(limits: QuotaLimits, target: QuotaScope, perDay: number): QuotaLimits {
  if (target.scope === 'role') {
    const others = limits.roles.filter(({ roleId }) => roleId !== target.roleId);
    return { ...limits, roles: perDay === 0 ? others : [...others, { roleId: target.roleId, perDay }] };
  }
  const { [target.scope]: _before, ...others } = limits;
  return perDay === 0 ? others : { ...others, [target.scope]: perDay };
}

const GrantKind = z.enum(['allow', 'deny']);

/**
 * Settings taken apart into what can be changed, logged and undone on its own, by name; a name that is not
 * there has its default.
 */
export const SettingParts = z.record(z.string(), z.json());
export type SettingParts = z.infer<typeof SettingParts>;

/**
 * One part per grant (`grant/press/<role>`), word (`word/<folded>`), quota (`quota/role/<role>`), and
 * the rest by field.
 */
export function toParts(settings: Settings): SettingParts {
  const { grants, words, quotas, review, alertsChannelId, logRetentionDays } = settings;
  const parts: [string, SettingParts[string] | undefined][] = [
    ...grants.allow.map(({ action, roleId }): [string, string] => [`grant/${action}/${roleId}`, 'allow']),
    ...grants.deny.map(({ action, roleId }): [string, string] => [`grant/${action}/${roleId}`, 'deny']),
    ...words.map((word): [string, ListedWord] => [`word/${toWordKey(word.word)}`, word]),
    ...quotas.roles.map(({ roleId, perDay }): [string, number] => [`quota/role/${roleId}`, perDay]),
    ['quota/member', quotas.member],
    ['quota/server', quotas.server],
    ['review', { ...review }],
    ['alertsChannelId', alertsChannelId],
    ['logRetentionDays', logRetentionDays],
  ];
  return SettingParts.parse(Object.fromEntries(parts.filter(([, value]) => value !== undefined)));
}

/** The settings that `toParts` took apart. Throws a `ZodError` on parts of no settings. */
export function fromParts(parts: SettingParts): Settings {
  let settings: Settings = { ...DEFAULT_SETTINGS };
  for (const [name, value] of Object.entries(parts)) settings = withPart(settings, name, value);
  return Settings.parse(settings);
}

function withPart(settings: Settings, name: string, value: SettingParts[string]): Settings {
  const [kind, second = '', ...rest] = name.split('/');
  if (kind === 'grant') {
    const grant = { action: Action.parse(second), roleId: rest.join('/') };
    return { ...settings, grants: withGrant(settings.grants, GrantKind.parse(value), grant) };
  }
  if (kind === 'word') return { ...settings, words: [...settings.words, ListedWord.parse(value)] };
  if (kind !== 'quota') return { ...settings, [name]: value };
  const target: QuotaScope =
    second === 'role'
      ? { scope: 'role', roleId: rest.join('/') }
      : { scope: z.enum(['member', 'server']).parse(second) };
  return { ...settings, quotas: withQuota(settings.quotas, target, z.int().parse(value)) };
}

/** The parts that differ, with what each was and is; a part that was not or is not there is left out on that side. */
export interface SettingDiff {
  readonly before: SettingParts;
  readonly after: SettingParts;
}

/** `undefined` when nothing differs. */
export function diffParts(before: SettingParts, after: SettingParts): SettingDiff | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => !isSame(before[name], after[name]));
  if (changed.length === 0) return undefined;
  return { before: pick(before, changed), after: pick(after, changed) };
}

export function isSame(one: unknown, other: unknown): boolean {
  return toStableText(one) === toStableText(other);
}

function pick(parts: SettingParts, names: readonly string[]): SettingParts {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => names.includes(name)));
}

/** JSON in which the order of an object's keys does not show. */
function toStableText(value: unknown): string {
  const sorted = (_key: string, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part;
  return JSON.stringify(value, sorted) ?? '';
}
