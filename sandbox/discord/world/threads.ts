import { ChannelKind } from '../discord-numbers.ts';
import type { ThreadState, WorldChannel } from './world-records.ts';

const MINUTE_MS = 60_000;
const THREAD_KINDS: readonly number[] = [
  ChannelKind.AnnouncementThread,
  ChannelKind.PublicThread,
  ChannelKind.PrivateThread,
];

export function isThreadKind(type: number): boolean {
  return THREAD_KINDS.includes(type);
}

/** A thread that has just been opened. */
export function newThreadState(ownerId: string, at: number): ThreadState {
  return {
    ownerId,
    archived: false,
    locked: false,
    autoArchiveDuration: 4320,
    createdAt: at,
    archivedAt: at,
    activeAt: at,
    messageCount: 0,
    totalMessagesSent: 0,
    appliedTags: [],
    members: [{ userId: ownerId, joinedAt: at }],
  };
}

/** What people and moderators change of a thread; waking it and changing its time count as activity. */
export type ThreadChange = Partial<Pick<ThreadState, 'archived' | 'locked' | 'autoArchiveDuration'>>;

/**
 * The thread after a change: its archive time moves when it is archived or woken, and when
 * its auto-archive time changes.
 */
export function changeThread(before: ThreadState, change: ThreadChange, now: number): ThreadState {
  const after = { ...before, ...change };
  const isTimeNew = after.autoArchiveDuration !== before.autoArchiveDuration;
  const isWoken = before.archived && !after.archived;
  return {
    ...after,
    archivedAt: isTimeNew || after.archived !== before.archived ? now : before.archivedAt,
    activeAt: isTimeNew || isWoken ? now : before.activeAt,
  };
}

/** The thread after somebody has written in it: they are in it from then on; a webhook (`undefined`) is in none. */
export function noteWriter(before: ThreadState, userId: string | undefined, now: number): ThreadState {
  return {
    ...(userId === undefined ? before : addMember(before, userId, now)),
    activeAt: now,
    messageCount: before.messageCount + 1,
    totalMessagesSent: before.totalMessagesSent + 1,
  };
}

export function addMember(before: ThreadState, userId: string, now: number): ThreadState {
  if (isMember(before, userId)) return before;
  return { ...before, members: [...before.members, { userId, joinedAt: now }] };
}

export function removeMember(before: ThreadState, userId: string): ThreadState {
  return { ...before, members: before.members.filter((member) => member.userId !== userId) };
}

export function isMember(thread: ThreadState, userId: string): boolean {
  return thread.members.some((member) => member.userId === userId);
}

/** When an open thread is archived by itself; `undefined` where there is nothing to archive. */
export function toArchiveTime({ thread }: WorldChannel): number | undefined {
  if (thread === undefined || thread.archived) return undefined;
  return thread.activeAt + thread.autoArchiveDuration * MINUTE_MS;
}
