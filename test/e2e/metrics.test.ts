import { globSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readScrape, readSeries } from '../metrics/promql.ts';
import { ids, startWorld, type World } from './start-world.ts';

const BOARD = 'docs/monitoring/grafana-board.json';
const ALERTS = 'docs/monitoring/alerts.yaml';
const PROMPT = 'a lighthouse that nobody may count';
/** What Prometheus adds to each series that it scrapes. */
const ADDED = new Set(['job', 'instance']);

let world: World;
let scraped: string;
let jobid: string;

beforeAll(async () => {
  world = await startWorld({ hasHealth: true });
  await makeTraffic();
  scraped = await scrape();
});
afterAll(() => world.close());

async function scrape(): Promise<string> {
  return (await fetch(`${world.app().healthUrl}/metrics`)).text();
}

/** Something of each kind that is counted. */
async function makeTraffic(): Promise<void> {
  const { discord, useapi, owner, member } = world;
  await owner.command(ids.general, { path: 'notify add', options: { channel: ids.showcase } });
  jobid = useapi.world.startJob({ prompt: PROMPT });
  await world.app().poll();
  await member.command(ids.general, { path: 'job show', options: { job: jobid } });
  await member.command(ids.general, { path: 'imagine', options: { prompt: PROMPT } });
  useapi.world.advance(jobid, { to: 'completed' });
  await world.app().poll();
  await world.app().whenIdle();
  useapi.world.startJob({ prompt: `${PROMPT}, again` });
  await world.app().poll();
  discord.faults.gateway.drop({ canResume: true });
  await whenScraped('change="resumed"');
  await failToWrite();
}

function whenScraped(text: string): Promise<void> {
  return vi.waitFor(async () => expect(await scrape()).toContain(text), { timeout: 20_000, interval: 100 });
}

async function failToWrite(): Promise<void> {
  const other = new DatabaseSync(world.storePath);
  other.exec('BEGIN EXCLUSIVE');
  try {
    await fetch(`${world.app().healthUrl}/readyz`);
    await whenScraped('bot_store_write_failures_total{');
  } finally {
    other.close();
  }
}

/** Sums the lines of a series that have all of these labels. */
function sumOf(name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const lines = scraped.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const values = lines.filter((line) => wanted.every((pair) => line.includes(pair)));
  return values.map((line) => Number(line.slice(line.lastIndexOf(' ')))).reduce((sum, value) => sum + value, 0);
}

describe('metrics', () => {
  it('count what was done, by what came of it', () => {
    expect(
      sumOf('bot_api_calls_total', { account: 'useapi', endpoint: 'GET /v3/midjourney/jobs', status: '2xx' }),
    ).toBe(4);
    expect(sumOf('bot_posts_total', { kind: 'notification', outcome: 'posted' })).toBe(1);
    expect(sumOf('bot_job_events_total', { event: 'completed' })).toBe(1);
    expect(sumOf('bot_interactions_total', { kind: 'command', name: '/notify add', outcome: 'answered' })).toBe(1);
    expect(sumOf('bot_interactions_total', { name: '/imagine', outcome: 'refused' })).toBe(1);
    expect(sumOf('bot_interaction_acknowledge_seconds_count', { kind: 'command' })).toBe(3);
    expect(sumOf('bot_queue_runs_total', { queue: 'poll', outcome: 'done' })).toBe(1);
    expect(sumOf('bot_gateway_events_total', { type: 'INTERACTION_CREATE' })).toBe(3);
    expect(sumOf('bot_gateway_connection_changes_total', { change: 'lost' })).toBe(1);
    expect(sumOf('bot_store_write_seconds_count')).toBeGreaterThan(5);
    expect(sumOf('bot_store_write_failures_total')).toBeGreaterThan(0);
  });

  it('say how things are', () => {
    expect(sumOf('bot_phase', { phase: 'running' })).toBe(1);
    expect(sumOf('bot_jobs')).toBe(1);
    expect(sumOf('bot_gateway_shards', { state: 'connected' })).toBe(1);
    expect(sumOf('bot_queue_entries', { queue: 'poll', state: 'delayed' })).toBe(1);
    expect(sumOf('bot_list_age_seconds', { account: 'useapi', board: 'v2' })).toBeLessThan(60);
    expect(sumOf('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });

  it('hold no id, no prompt and no secret', () => {
    const { discord, useapi } = world;

    for (const secret of [...Object.values(ids), jobid, 'lighthouse', discord.token, useapi.token, ...discord.guildIds])
      expect(scraped).not.toContain(secret);
    expect(scraped.match(/="[^"]*(?:\d{6}|[0-9a-f]{8}-)[^"]*"/g)).toBe(null);
  });

  it('are what the board and the alerts ask for, with these labels', () => {
    const known = readScrape(scraped);
    const missing = [...readBoard(), ...readAlerts()].flatMap((expression) =>
      readSeries(expression).flatMap(({ name, labels }) => {
        const there = known.get(name);
        if (there === undefined) return [name];
        return labels.filter((label) => !there.has(label) && !ADDED.has(label)).map((label) => `${name}{${label}}`);
      }),
    );

    expect(missing).toEqual([]);
  });

  it('can have the values that the board and the alerts ask for', () => {
    const source = globSync('src/**/*.ts').map((file) => readFileSync(file, 'utf8'));
    const asked = [...readBoard(), ...readAlerts()].flatMap((expression) =>
      Array.from(expression.matchAll(/(\w+)\s*(?:=|!=|=~|!~)\s*"([^"$]*)"/g), ([, label, values = '']) => ({
        label,
        values: values.split('|'),
      })),
    );
    const words = asked.flatMap(({ label, values }) => (label === 'status' ? [] : values));
    const unknown = [...new Set(words)].filter((word) => !source.some((text) => text.includes(`'${word}'`)));

    expect(asked.length).toBeGreaterThan(10);
    expect(unknown).toEqual([]);
  });
});

function readBoard(): string[] {
  const { panels } = JSON.parse(readFileSync(BOARD, 'utf8')) as {
    panels: { targets?: { expr: string }[] }[];
  };
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  expect(expressions.length).toBeGreaterThan(20);
  return expressions;
}

function readAlerts(): string[] {
  const text = readFileSync(ALERTS, 'utf8');
  const alerts = text.split('- alert: ').slice(1);
  const whole =
    /^\w+\n +expr: '([^'\n]+)'\n +for: \d+m\n +labels:\n +severity: (?:warning|critical)\n +annotations:\n +summary: '[^'\n]+'\n +description: '[^'\n]+'\n/;
  const expressions = alerts.flatMap((alert) => whole.exec(alert)?.[1] ?? []);
  expect(expressions.length).toBe(alerts.length);
  expect(expressions.length).toBeGreaterThan(10);
  return expressions;
}
