import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from './browser.ts';
import { usePage } from './page-suite.ts';
import { ids } from './page-world.ts';
import { ask } from './typing.ts';

const HOSTILE: readonly (readonly [string, string])[] = [
  ['script tags', '<script>alert(1)</script><img src=x onerror="alert(2)"><svg onload=alert(3)>'],
  [
    'links that run',
    '[click](javascript:alert(1)) <javascript:alert(2)> [x](data:text/html,<script>alert(3)</script>)',
  ],
  ['Markdown tricks', '**__~~||`*_'.repeat(60)],
  ['an unclosed fence', '```js\n'.repeat(40)],
  ['mentions', '@everyone @here <@1104417700112100013> <@&1204417700112100121>'],
  ['right to left', '\u202e\u2067evil\u2069 مرحبا بالعالم \u202d'],
  ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈🇺🇳🧑🏿‍🚀'.repeat(30)],
  ['combining marks', `Z${'\u0351\u0352\u0353'.repeat(300)}`],
  ['6,000 characters', 'lantern '.repeat(750)],
  ['one long word', 'x'.repeat(6000)],
  ['nulls and controls', 'a\u0000b\u0007c\u001b[31md'],
];

describe.skipIf(isWithoutBrowser)('a hostile prompt', () => {
  const suite = usePage();

  it.each(HOSTILE)('stays text, in the bot’s answers and in the controls: %s', async (_, prompt) => {
    suite.rig.useapi.world.startJob({ prompt, jobType: 'image' });
    const jobid = suite.rig.useapi.world.list().at(-1)?.jobid ?? '';
    const page = await suite.browser.open(suite.rig.at(ids.member), { viewport: { width: 1440, height: 900 } });

    await ask(page, 'jobs');
    await ask(page, 'job show', { job: jobid });
    await page.locator('.control-job').first().waitFor();

    const own = page.locator(
      'script:not([src]), iframe, object, embed, [onerror], [onload], a[href^="javascript:"], a[href^="data:"]',
    );
    expect(await own.count()).toBe(0);
    expect(await page.locator('.message .mentioned, .message.mentioned').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await page.context().close();
  });

  it('lets nothing in a message of another member run', async () => {
    for (const [, text] of HOSTILE) suite.rig.discord.people(ids.moderator).send(ids.showcase, text.slice(0, 2000));

    const page = await suite.browser.open(suite.rig.at(ids.member, ids.showcase), {
      viewport: { width: 390, height: 844 },
    });

    await expect.poll(() => page.locator('.flow > .message').count()).toBe(HOSTILE.length);
    expect(await page.locator('.flow script, .flow iframe, .flow img').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await page.context().close();
  });
});
