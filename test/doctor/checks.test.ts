import { describe, expect, it } from 'vitest';
import { checkAccount } from '../../src/doctor/account-checks.ts';
import {
  checkChannels,
  checkCommands,
  checkConnection,
  checkHeldConnections,
  checkIntents,
  checkRefusedLogin,
  checkServer,
  checkSessionStarts,
} from '../../src/doctor/discord-checks.ts';
import { type Finding, toFindingLine, toWorstFirst, toWorstMark } from '../../src/doctor/finding.ts';
import { checkSetup, type ServerSetup } from '../../src/doctor/server-checks.ts';
import { checkDatabase, checkFile, checkQueue, checkRunningStore, checkTicks } from '../../src/doctor/store-checks.ts';

const linesOf = (findings: readonly Finding[]) => findings.map((finding) => toFindingLine(finding));
const GiB = 1024 ** 3;

describe('the connection', () => {
  it('is there, with how long a heartbeat takes', () => {
    expect(linesOf([checkConnection({ shards: 2, connected: 2, pingMs: 41 })])).toEqual([
      '✅ Connected; a heartbeat takes 41 ms.',
    ]);
    expect(checkConnection({ shards: 1, connected: 1 }).mark).toBe('ok');
  });

  it('is slow, in part, or not there, with what to do', () => {
    expect(checkConnection({ shards: 1, connected: 1, pingMs: 1_001 })).toMatchObject({ mark: 'warning' });
    expect(toFindingLine(checkConnection({ shards: 2, connected: 1, pingMs: 5 }))).toBe(
      '❌ 1 of 2 connections to Discord are there. Wait a minute: it reconnects by itself.',
    );
    expect(toFindingLine(checkConnection({ shards: 0, connected: 0 }))).toContain('Not connected to Discord yet.');
  });
});

describe('connections in processes of their own', () => {
  it('are held, in part, or by nobody, with what to do', () => {
    const lineOf = (shards: number, connected: number, processes: number) =>
      toFindingLine(checkHeldConnections({ shards, connected, processes }));

    expect(lineOf(3, 3, 2)).toBe('✅ 3 of 3 connections to the gateway are there, shared out among 2 processes.');
    expect(lineOf(3, 2, 1)).toBe(
      '❌ 2 of 3 connections to the gateway are there, shared out among one process. Wait a minute: it reconnects by itself.',
    );
    expect(lineOf(3, 0, 0)).toContain('❌ No process runs that holds connections to the gateway.');
    expect(lineOf(0, 0, 1)).toContain('Start one with BOT_ROLE=core.');
  });
});

describe('the channels that are used', () => {
  it('are counted in one line where nothing is missing', () => {
    const channels = ['1', '2'].map((channelId) => ({ channelId, uses: ['results' as const], missing: [] }));

    expect(linesOf(checkChannels(channels))).toEqual(['✅ Every permission is there in 2 channels.']);
    expect(linesOf(checkChannels([]))).toEqual(['✅ No channel is used for posts yet.']);
  });

  it('each have a line with what is missing, what for, and what to do', () => {
    const lines = linesOf(
      checkChannels([
        { channelId: '1', uses: ['results', 'board'], missing: ['Send Messages'] },
        { channelId: '2', uses: ['alerts'], missing: 'unseen' },
        { channelId: '3', uses: ['reviews'], missing: [] },
      ]),
    );

    expect(lines).toEqual([
      '❌ <#1>, used for results and a live board: I’m missing **Send Messages**. Give me it in the settings of that channel.',
      '❌ <#2>, used for alerts: it was deleted, or I’m missing **View Channel**. Give me **View Channel** there, or pick another channel with `/mod alerts`.',
      '✅ Every permission is there in the channel that is used.',
    ]);
  });
});

describe('the commands', () => {
  it('differ by name, and each reader hears what they can do', () => {
    const differences = { missing: ['jobs'], changed: ['mod'], surplus: [] };

    expect(checkCommands({ missing: [], changed: [], surplus: [] }, 'server').mark).toBe('ok');
    expect(toFindingLine(checkCommands(differences, 'server'))).toBe(
      '⚠️ Commands aren’t registered as they should be: jobs, mod. Tell whoever runs me to start me again: that registers them.',
    );
    expect(toFindingLine(checkCommands(differences, 'operator', 'the server 7'))).toBe(
      '⚠️ Commands in the server 7 aren’t registered as they should be: jobs, mod. Start the bot again: that registers them.',
    );
  });
});

describe('what Discord says to the operator', () => {
  it('about log-ins that are nearly used up', () => {
    expect(checkSessionStarts({ total: 1_000, remaining: 20, resetAfterMs: 1 }).mark).toBe('ok');
    expect(checkSessionStarts({ total: 1_000, remaining: 19, resetAfterMs: 3_600_000 })).toMatchObject({
      mark: 'wrong',
      todo: expect.stringContaining('Find out why'),
    });
  });

  it('about intents, of which none is needed', () => {
    expect(checkIntents('0').says).toContain('none is needed');
    expect(checkIntents(String(1 << 19)).says).toContain('you can turn it off');
  });

  it.each([
    [401, 'DISCORD_TOKEN'],
    [undefined, 'DISCORD_API_URL'],
    [503, 'discordstatus'],
  ])('about a log-in that gets %s, with what to do', (status, todo) => {
    expect(checkRefusedLogin(status)).toMatchObject({ mark: 'wrong', todo: expect.stringContaining(todo) });
  });

  it('about a server that the bot is not in', () => {
    expect(checkServer('7').mark).toBe('ok');
    expect(checkServer('7', 403)).toMatchObject({ mark: 'wrong', todo: expect.stringContaining('Invite it') });
    expect(checkServer('7', 500).mark).toBe('wrong');
  });
});

describe('an account', () => {
  const answered = { board: 'v3', outcome: { isAnswered: true, ms: 240 } } as const;
  const refused = {
    board: 'v2',
    outcome: { isAnswered: false, code: 'backend-unauthorized', says: 'It refuses. Renew it.', check: 'GET /v2 · 401' },
  } as const;

  it('has a line for its lists, its clock and its files', () => {
    const facts = { name: 'Studio', lists: [answered], clockAheadMs: -900, file: 'opened' } as const;

    expect(linesOf(checkAccount(facts, 'server'))).toEqual([
      '✅ Studio: it accepts the secret and lists what runs (0.2 s).',
      '✅ Studio: its clock and mine agree.',
      '✅ Studio: its files can be fetched.',
    ]);
  });

  it('names the board that fails; what to check is for the operator alone', () => {
    const facts = { name: 'Studio', lists: [answered, refused] };

    expect(linesOf(checkAccount(facts, 'server'))).toEqual(['❌ Studio v2: It refuses. Renew it.']);
    expect(linesOf(checkAccount(facts, 'operator'))).toEqual([
      '❌ Studio v2: GET /v2 · 401. See that it runs, and that its address and its secret are right.',
    ]);
  });

  it('that the server brought for itself is for its own people to put right', () => {
    const [finding] = checkAccount({ name: 'Own account', isOwn: true, lists: [refused] }, 'server');

    expect(finding && toFindingLine(finding)).toBe(
      '❌ Own account: it no longer accepts its secret. You can bring it again in `/setup`.',
    );
  });

  it('has another clock, or files that cannot be fetched, with what to do', () => {
    const facts = { name: 'Studio', lists: [answered], clockAheadMs: 31_000, file: { problem: 'it is slow' } };
    const [, clock, file] = checkAccount(facts, 'operator');

    expect(clock && toFindingLine(clock)).toBe(
      '⚠️ Studio: its clock is 31 s ahead of mine. Set the clock of this machine by NTP, or that of the server.',
    );
    expect(file).toMatchObject({ mark: 'warning', todo: expect.stringContaining('MEDIA_HOSTS') });
    expect(checkAccount({ ...facts, clockAheadMs: 30_000 }, 'server')[1]?.mark).toBe('ok');
  });
});

describe('the store', () => {
  it('takes writes, or says why not', () => {
    expect(checkRunningStore({}, 'server').mark).toBe('ok');
    expect(toFindingLine(checkRunningStore({ problem: 'store-full' }, 'server'))).toBe(
      '❌ It takes no writes (store-full). Tell whoever runs me to look at the store.',
    );
  });

  it('is to be looked at for an hour after a failure', () => {
    const failedAgo = (agoMs: number) =>
      checkRunningStore({ lastFailure: { code: 'store-locked', agoMs } }, 'operator');

    expect(failedAgo(3_599_999)).toMatchObject({ mark: 'warning', says: expect.stringContaining('store-locked') });
    expect(failedAgo(3_600_000).mark).toBe('ok');
  });

  const file = { path: 'data/bot.sqlite', isFolderWritable: true, isFileWritable: true };

  it('is a file with its size, its room and its backup', () => {
    const facts = { ...file, bytes: 5_242_880, schema: 1, freeBytes: 4 * GiB, backupAgeMs: 3_600_000 };

    expect(linesOf(checkFile(facts))).toEqual([
      '✅ data/bot.sqlite: 5 MB, schema 1.',
      '✅ 4 GB are free on its disk.',
      '✅ The newest backup beside it was made 60 min ago.',
    ]);
    expect(linesOf(checkFile(file))).toEqual(['✅ There is no file data/bot.sqlite yet; the first start makes it.']);
  });

  it('is in a place that cannot be written to, on a full disk, with an old backup', () => {
    const facts = { ...file, isFolderWritable: false, freeBytes: 1_000, backupAgeMs: 8 * 24 * 3_600_000 };

    expect(checkFile(facts).map(({ mark }) => mark)).toEqual(['wrong', 'warning', 'warning']);
    for (const { todo } of checkFile(facts)) expect(todo).toBeDefined();
  });

  it('is a database, and who is at work on it', () => {
    const lease = { owner: 'host/42', isHeld: true };

    expect(linesOf(checkDatabase({ version: 150_004, hasTables: true, lease }))).toEqual([
      '✅ PostgreSQL 15 answers.',
      '✅ The tables are there.',
      '✅ host/42 is at work on it.',
    ]);
    expect(checkDatabase({ version: 140_011, hasTables: false })[0]).toMatchObject({
      mark: 'wrong',
      todo: 'Use version 15 or later.',
    });
  });
});

describe('the queue', () => {
  it('is in time, and nothing was given up', () => {
    expect(linesOf(checkQueue({ due: 2, failed: 0, oldestDueMs: 4_000 }))).toEqual([
      '✅ Nothing is late; 2 due now.',
      '✅ Nothing was given up.',
    ]);
  });

  it('is to be looked at where anything is late, which it is while the bot is stopped', () => {
    expect(checkQueue({ due: 1, failed: 0, tickLateMs: 31_000 })[0]?.mark).toBe('warning');
    expect(checkQueue({ due: 1, failed: 2, oldestDueMs: 300_001 })).toMatchObject([
      { mark: 'warning', todo: expect.stringContaining('Start the bot') },
      { mark: 'warning', todo: expect.stringContaining('log') },
    ]);
  });
});

describe('the looks at the API, for a server', () => {
  it('are in time or late, and nothing is said of the work of others', () => {
    expect(linesOf([checkTicks(undefined)])).toEqual(['✅ The API is looked at in time.']);
    expect(checkTicks(31_000)).toMatchObject({ mark: 'wrong', todo: 'Tell whoever runs me.' });
  });
});

describe('what a server has decided', () => {
  const setup: ServerSetup = { ruleCount: 2, pausedCount: 0, suspended: [], review: 'on', newJobs: 'taken' };
  const marksOf = (change: Partial<ServerSetup>) =>
    checkSetup({ ...setup, ...change }).filter(({ mark }) => mark !== 'ok');

  it('is well', () => {
    expect(marksOf({})).toEqual([]);
    expect(marksOf({ review: 'off' })).toEqual([]);
    expect(marksOf({ review: 'for-words' })).toEqual([]);
  });

  it.each<[string, Partial<ServerSetup>, string]>([
    ['no rule', { ruleCount: 0 }, '/notify add'],
    ['paused rules alone', { pausedCount: 2 }, '/notify resume'],
    ['suspended rules', { suspended: [3, 5] }, '/notify list'],
    ['reviews without a channel', { review: 'without-channel' }, '/mod review'],
    ['reviews that everyone sees', { openReviewChannelId: '9' }, 'View Channel'],
    ['no account for new jobs', { newJobs: 'not-taken' }, 'Tell whoever runs me'],
    ['an own account that cannot be used', { newJobs: 'closed' }, '/setup'],
  ])('has %s, with what to do', (_what, change, todo) => {
    expect(marksOf(change)).toMatchObject([{ todo: expect.stringContaining(todo) }]);
  });
});

describe('all findings together', () => {
  it('are as bad as the worst, which comes first where not all are shown', () => {
    const findings: Finding[] = [
      { mark: 'ok', says: 'a' },
      { mark: 'wrong', says: 'b' },
      { mark: 'warning', says: 'c' },
      { mark: 'wrong', says: 'd' },
    ];

    expect(toWorstFirst(findings).map(({ says }) => says)).toEqual(['b', 'd', 'c', 'a']);
    expect(toWorstMark([{ topic: 'queue', findings }])).toBe('wrong');
    expect(toWorstMark([])).toBe('ok');
  });
});
