import { describe, expect, it } from 'vitest';
import type { GaugeSources } from '../../src/metrics/bot-gauges.ts';
import { BotMetrics } from '../../src/metrics/bot-metrics.ts';
import { bounded, oneOf } from '../../src/metrics/bounded.ts';

const SOURCES: GaugeSources = {
  phase: () => 'running',
  jobs: () => ['started', 'progress', 'progress', 'something-new'],
  queues: async () => new Map([['poll', { entries: { waiting: 2 }, oldestDueMs: 1_500 }]]),
  gateway: () => ({ shards: 2, connected: 1 }),
  lists: () => [
    { account: 'studio', board: 'v3', ageMs: 4_000 },
    { account: 'studio', board: 'v2' },
  ],
};

async function linesOf(metrics: BotMetrics, name: string): Promise<string[]> {
  const { body } = await metrics.render();
  return body.split('\n').filter((line) => line.startsWith(`${name}{`));
}

describe('BotMetrics', () => {
  it('counts statuses by their class, and calls without an answer', async () => {
    const metrics = new BotMetrics(SOURCES);
    for (const status of [200, 204, 503]) metrics.countCall({ account: 'a', endpoint: 'GET /x', status, ms: 10 });
    metrics.countCall({ account: 'a', endpoint: 'GET /x', ms: 10 });

    expect(await linesOf(metrics, 'bot_api_calls_total')).toEqual([
      'bot_api_calls_total{account="a",endpoint="GET /x",status="2xx"} 2',
      'bot_api_calls_total{account="a",endpoint="GET /x",status="5xx"} 1',
      'bot_api_calls_total{account="a",endpoint="GET /x",status="none"} 1',
    ]);
  });

  it('asks at each scrape how things are, and counts a status that it does not know as other', async () => {
    const metrics = new BotMetrics(SOURCES);

    expect(await linesOf(metrics, 'bot_jobs')).toEqual([
      'bot_jobs{status="created"} 0',
      'bot_jobs{status="started"} 1',
      'bot_jobs{status="progress"} 2',
      'bot_jobs{status="other"} 1',
    ]);
    expect(await linesOf(metrics, 'bot_queue_oldest_due_seconds')).toEqual([
      'bot_queue_oldest_due_seconds{queue="poll"} 1.5',
    ]);
    expect(await linesOf(metrics, 'bot_list_age_seconds')).toEqual([
      'bot_list_age_seconds{account="studio",board="v3"} 4',
    ]);
  });

  it('goes on without the queues where they cannot be read, and gives no old value for them', async () => {
    let isThere = true;
    const queues: GaugeSources['queues'] = async () => {
      if (isThere) return SOURCES.queues();
      throw new Error('locked');
    };
    const metrics = new BotMetrics({ ...SOURCES, queues });
    expect(await linesOf(metrics, 'bot_queue_entries')).toHaveLength(1);

    isThere = false;

    expect(await linesOf(metrics, 'bot_queue_entries')).toEqual([]);
    expect(await linesOf(metrics, 'bot_queue_oldest_due_seconds')).toEqual([]);
    expect(await linesOf(metrics, 'bot_phase')).toHaveLength(4);
  });
});

describe('the values of labels', () => {
  it('are no more than there is room for', () => {
    const label = bounded(2);

    expect(['a', 'b', 'c', 'a', 'd'].map(label)).toEqual(['a', 'b', 'other', 'a', 'other']);
    expect(['a', 'x'].map(oneOf(['a']))).toEqual(['a', 'other']);
  });
});
