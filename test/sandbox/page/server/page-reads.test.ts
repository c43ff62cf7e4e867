import { describe, expect, it } from 'vitest';
import { PageReads } from '../../../../sandbox/page/server/page-reads.ts';
import type { WorldChange, WorldMessage } from '../../../../sandbox/page/server/page-world.ts';
import { aMessage, FakeWorld, GENERAL, MEMBER, OWNER, STRANGER } from '../fake-world.ts';

function arrival(message: WorldMessage): WorldChange {
  return { kind: 'message', channelId: GENERAL, message, isNew: true };
}

const seesAll = () => true;

describe('what a member has not seen', () => {
  it('counts messages, and mentions of the member, a role of theirs and everyone', () => {
    const reads = new PageReads(new FakeWorld());

    reads.note(arrival(aMessage()), seesAll);
    reads.note(arrival(aMessage({ mentions: [{ id: MEMBER }] })), seesAll);
    reads.note(arrival(aMessage({ mention_roles: ['400000000000000001'] })), seesAll);
    reads.note(arrival(aMessage({ mention_everyone: true })), seesAll);

    expect(reads.of(MEMBER)).toEqual({ [GENERAL]: { messages: 4, mentions: 2 } });
    expect(reads.of(OWNER)).toEqual({ [GENERAL]: { messages: 4, mentions: 2 } });
  });

  it('counts neither edits, nor private answers, nor what a member cannot see or wrote', () => {
    const reads = new PageReads(new FakeWorld());
    const { isNew: _, ...edit } = { ...arrival(aMessage()), isNew: true };

    reads.note(edit as WorldChange, seesAll);
    reads.note(arrival(aMessage({ flags: 64 })), seesAll);
    reads.note(arrival(aMessage({ author: { id: MEMBER } })), (userId) => userId !== STRANGER);

    expect([reads.of(MEMBER), reads.of(STRANGER)]).toEqual([{}, {}]);
    expect(reads.of(OWNER)).toEqual({ [GENERAL]: { messages: 1, mentions: 0 } });
  });

  it('forgets a channel once it was looked at', () => {
    const reads = new PageReads(new FakeWorld());
    reads.note(arrival(aMessage()), seesAll);

    expect(reads.read(MEMBER, GENERAL)).toBe(true);
    expect(reads.read(MEMBER, GENERAL)).toBe(false);
    expect(reads.of(MEMBER)).toEqual({});
  });
});
