import type { APIGatewaySessionStartLimit } from 'discord.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { LocalTurns } from '../../../src/discord/core/bucket-turns.ts';
import { LoginTurns } from '../../../src/discord/core/login-turns.ts';
import { FakeClock } from '../../fake-clock.ts';
import { aRecordingLogger } from '../../recording-logger.ts';

const DAY_MS = 86_400_000;
const limit: APIGatewaySessionStartLimit = { total: 1_000, remaining: 5, reset_after: DAY_MS, max_concurrency: 1 };

describe('the turn of a shard to log in', () => {
  let clock: FakeClock;
  let answers: (APIGatewaySessionStartLimit | Error)[];
  let turns: LoginTurns;

  beforeEach(() => {
    clock = new FakeClock();
    answers = [];
    turns = new LoginTurns(clock, aRecordingLogger().logger, new LocalTurns(clock));
  });

  /** What was read at the start says that some are left. */
  const readLimit = async (isFresh: boolean) => {
    const answer = isFresh ? answers.shift() : limit;
    if (answer instanceof Error) throw answer;
    return answer ?? limit;
  };
  const wait = () => turns.wait(0, readLimit, new AbortController().signal);

  it('waits until Discord says how many log-ins are left', async () => {
    answers = [new Error('ECONNRESET'), { ...limit, remaining: 1 }];
    const waiting = wait();
    await clock.untilSleeping();

    await clock.advance(2_000);

    await expect(waiting).resolves.toBeUndefined();
    expect(answers).toEqual([]);
  });

  it('waits for the next day where others have used up what was left at the start', async () => {
    answers = [{ ...limit, remaining: 0 }, limit];
    const waiting = wait();
    await clock.untilSleeping();
    await clock.advance(DAY_MS);

    await expect(waiting).resolves.toBeUndefined();
    expect(answers).toEqual([]);
  });
});
