import { request } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { send } from '../sandbox/page/page-client.ts';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';

const MAX_BYTES = 400_000;
const MANY = 1000;
/** Milliseconds of the processor, whatever else runs beside. */
const READY_CPU_MS = 1000;
const SCROLL_CPU_MS = 4000;
const STEPS = 60;

describe.skipIf(isWithoutBrowser)('the page’s speed', () => {
  const suite = usePage();

  it('is ready after little work, and stays where it was painted', async () => {
    const page = await suite.browser.open(suite.rig.at(ids.member));
    const readyMs = await workOf(page, async () => {
      await page.reload();
      await page.waitForFunction(() => performance.getEntriesByName('ready').length > 0);
    });

    expect(readyMs).toBeLessThan(READY_CPU_MS);
    expect(await page.evaluate(measureShift)).toBeLessThan(0.05);
    await page.context().close();
  });

  it('weighs less than 400 kB compressed', async () => {
    const { body: html } = await send(`${suite.rig.url}/`);
    const seen = new Set<string>();
    let bytes = 0;
    const weigh = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const response = await fetch(`${suite.rig.url}${path}`, { headers: { 'accept-encoding': 'identity' } });
      const packed = await sizeOf(`${suite.rig.url}${path}`);
      bytes += packed;
      const imports = (await response.text()).matchAll(/from '\.\/([a-z-]+\.ts)'/g);
      await Promise.all(Array.from(imports, (match) => weigh(`/client/${match[1]}`)));
    };
    await Promise.all(Array.from(html.matchAll(/(?:src|href)="(\/client\/[^"]+)"/g), (match) => weigh(match[1] ?? '')));

    expect(seen.size).toBeGreaterThan(20);
    expect(bytes).toBeLessThan(MAX_BYTES);
  });

  it('scrolls through a thousand messages without a long wait', async () => {
    const member = suite.rig.discord.people(ids.moderator);
    for (let count = 0; count < MANY; count += 1) {
      member.send(ids.showcase, `**Message ${count}** with \`code\` and a <t:1700000000:R>`);
    }
    const page = await suite.browser.open(suite.rig.at(ids.member, ids.showcase));
    await expect.poll(() => page.locator('.flow > .message').count()).toBe(MANY);

    const scrollMs = await workOf(page, () =>
      page.evaluate(async (steps) => {
        for (let step = 0; step < steps; step += 1) {
          document.querySelector('.messages')?.scrollBy({ top: -700 });
          await new Promise(requestAnimationFrame);
        }
      }, STEPS),
    );

    expect(scrollMs).toBeLessThan(SCROLL_CPU_MS);
    await page.context().close();
  });
});

/** Milliseconds of the processor that the page's main thread takes for something: scripts, layout and paint. */
async function workOf(page: Page, act: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const before = await read();
  await act();
  return (await read()) - before;
}

/** Runs in the page: how far anything moved after it was painted. */
async function measureShift(): Promise<number> {
  let shift = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shift += 'value' in entry ? Number(entry.value) : 0;
  });
  observer.observe({ type: 'layout-shift', buffered: true });
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return shift;
}

/** Bytes on the wire, where the client takes Brotli. */
async function sizeOf(url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const sent = request(url, { headers: { 'accept-encoding': 'br' } }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => resolve(Buffer.concat(parts)));
  });
  sent.on('error', reject);
  sent.end();
  const bytes = await promise;
  if (brotliDecompressSync(bytes).length === 0) throw new Error(`${url} is empty`);
  return bytes.length;
}
