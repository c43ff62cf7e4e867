import { compact } from '../shared/compact.ts';
import type { QuotaLimits } from './settings.ts';

const DAY_MS = 86_400_000;

/** What a member has spent today, and may. Quotas count by UTC day: they begin anew at midnight UTC. */
export interface Allowance {
  /** Presses and submits of this member today. */
  readonly used: number;
  /** None: not limited. */
  readonly limit?: number;
  /** The role that the limit comes from; none: it is every member's. */
  readonly roleId?: string;
  /** What all members together have spent and may; none: not limited. */
  readonly server?: { readonly used: number; readonly limit: number };
  /** How many more the member may spend now; `Infinity` when nothing limits it. */
  readonly left: number;
  /** What has run out: nothing more may be spent. */
  readonly exhausted?: 'member' | 'role' | 'server';
  /** Epoch milliseconds of the next midnight UTC. */
  readonly resetsAt: number;
}

/** What one member and all members have spent on one day. */
export interface Spent {
  readonly byMember: number;
  readonly byServer: number;
}

/** The most generous of the member's roles counts, else what holds for every member; the server's limit caps both. */
export function toAllowance(limits: QuotaLimits, roleIds: readonly string[], spent: Spent, now: number): Allowance {
  const { limit, roleId } = toMemberLimit(limits, roleIds);
  const ownLeft = Math.max(0, (limit ?? Number.POSITIVE_INFINITY) - spent.byMember);
  const serverLeft = Math.max(0, (limits.server ?? Number.POSITIVE_INFINITY) - spent.byServer);
  const own = roleId === undefined ? 'member' : 'role';
  const exhausted: Allowance['exhausted'] = ownLeft === 0 ? own : serverLeft === 0 ? 'server' : undefined;
  return {
    used: spent.byMember,
    left: Math.min(ownLeft, serverLeft),
    resetsAt: (Math.floor(now / DAY_MS) + 1) * DAY_MS,
    ...compact({ limit, roleId, exhausted }),
    ...(limits.server !== undefined && { server: { used: spent.byServer, limit: limits.server } }),
  };
}

/** The UTC day as `2025-10-23`. */
export function toDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The days of a month (`2025-10`). */
export function toDaysOf(month: string): readonly string[] {
  const startAt = Date.parse(`${month}-01T00:00:00Z`);
  const days = Array.from({ length: 31 }, (_, index) => toDay(startAt + index * DAY_MS));
  return days.filter((day) => day.startsWith(month));
}

export function toDayBefore(day: string): string {
  return toDay(Date.parse(`${day}T00:00:00Z`) - DAY_MS);
}

function toMemberLimit(limits: QuotaLimits, roleIds: readonly string[]): { limit?: number; roleId?: string } {
  const own = limits.roles.filter(({ roleId }) => roleIds.includes(roleId));
  const [best] = own.toSorted((one, other) => other.perDay - one.perDay);
  if (best !== undefined) return { limit: best.perDay, roleId: best.roleId };
  return limits.member === undefined ? {} : { limit: limits.member };
}
