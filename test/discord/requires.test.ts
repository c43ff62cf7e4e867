import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogDraft } from '../../src/moderation/log/log-entry.ts';
import type { Action } from '../../src/moderation/policy.ts';
import { UserError } from '../../src/shared/errors.ts';
import { type InteractionRig, KIND_NAMES, type KindName, startInteractionRig } from '../outage/interaction-rig.ts';

const DENIABLE: readonly KindName[] = KIND_NAMES.filter((name) => name !== 'suggestions');

describe('what a handler requires', () => {
  let rig: InteractionRig;
  let isAllowed = true;
  const asked: Action[] = [];
  const logged: LogDraft[] = [];
  const permissions = {
    isAllowed: () => false,
    requireAllowed(action: Action) {
      asked.push(action);
      if (!isAllowed) throw new UserError('not-allowed', `You may not ${action} here.`);
    },
  };
  const log = {
    async append(draft: LogDraft) {
      logged.push(draft);
      return logged.length;
    },
  };

  beforeEach(async () => {
    isAllowed = true;
    asked.length = 0;
    logged.length = 0;
    rig = await startInteractionRig(100, { permissions, log });
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  it.each(DENIABLE)('is asked of whoever uses a %s, and lets them', async (kind) => {
    expect(await rig.submission(kind)).toContain('Done');

    expect(asked).toContain('view');
    expect(logged).toEqual([]);
  });

  it.each(DENIABLE)('keeps a %s from running, says so privately and logs it once', async (kind) => {
    const interact = await rig.prepare(kind);
    isAllowed = false;

    const received = await interact();

    expect(received).toContain('You may not view here.');
    expect(received).toContain('private');
    expect(received).not.toContain('Done');
    expect(logged.map(({ action }) => action)).toEqual(['refusal']);
  });
});
