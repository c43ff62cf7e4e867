import { DiscordAPIError, HTTPError } from 'discord.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toPostError } from '../../../src/discord/core/discord-errors.ts';
import type { Rule } from '../../../src/notifications/rules/rule.ts';
import { anApiJob } from '../../builders.ts';
import { aRuleInput, GUILD, NotificationWorld } from '../../notifications/notification-world.ts';

const MINUTE = 60_000;

/** What becomes of a post whose channel gave an answer for a quarter of a minute, and how its rule stood meanwhile. */
type Fate = 'whole after a wait' | 'whole after a suspension' | 'whole soon' | 'least after a wait';

const at = (status: number, ...codes: readonly number[]) => codes.map((code) => [status, code] as const);

const FATES: Readonly<Record<Fate, readonly (readonly [status: number, code: unknown])[]>> = {
  'whole soon': [
    ...at(429, 20016, 20022, 20028, 20029, 30046, 40062),
    ...at(403, 40003, 40004, 40006),
    ...at(500, 0, 130000),
    ...at(502, 0),
    ...at(503, 130000),
    ...at(504, 0),
    ...at(408, 0),
    ...at(401, 0, 40001, 50014),
  ],
  'whole after a suspension': [
    ...at(404, 10003, 10004, 10013),
    ...at(403, 40058, 50001, 50007, 50008, 50009, 50013, 50278),
    ...at(400, 50024, 160005),
  ],
  'least after a wait': [
    ...at(400, 30015, 50006, 50035, 50045, 50046, 50146, 200000, 200001, 240000),
    ...at(403, 20009, 400001),
    ...at(413, 0, 40005),
  ],
  'whole after a wait': [
    ...at(400, 0, 10015, 20031, 30007, 30013, 30033, 30058, 40001, 40005.5, 40060, 40066, 40067, 50033, 50068, 50109),
    ...at(400, 160002, 160004, 160006, 160007, 220001, 220003, 350000, 999999),
    ...at(403, 0, 20012, 40002, 40007, 50005, 50095, 999999),
    ...at(404, 0, 10002, 10011, 10015, 999999),
    ...at(405, 0),
    ...at(409, 0),
    ...at(422, 0),
    ...['abc', null, '', {}, Number.NaN, true].map((code) => [403, code] as const),
    ...[undefined, 'Forbidden', []].map((code) => [404, code] as const),
  ],
};

let world: NotificationWorld;

beforeEach(() => {
  world = new NotificationWorld();
});

afterEach(() => world.destroy());

/** As discord.js throws it. */
function anAnswer(status: number, code: unknown): Error {
  const request = [status, 'POST', 'https://discord.com/api', {}] as const;
  if (status >= 500) return new HTTPError(status, 'Failed', 'POST', 'https://discord.com/api', {});
  const answer = { code, message: `says ${String(code)}` };
  return Reflect.construct(DiscordAPIError, [answer, code, ...request]);
}

it.each(Object.keys(FATES) as Fate[])('brings a post %s, also over a restart, whatever was answered', async (fate) => {
  let bot = await world.start();
  const channelIds = FATES[fate].map(([status, code]) => `${status} ${String(code)} ${typeof code}`);
  for (const [n, [status, code]] of FATES[fate].entries()) {
    const channelId = channelIds[n] ?? '';
    await bot.notifications.rules.add(GUILD, aRuleInput({ channelId }), world.clock.now());
    world.discord.refusing.set(channelId, toPostError(anAnswer(status, code)));
  }
  await bot.tracker.observe(anApiJob());
  await bot.tracker.observe(anApiJob({ status: 'completed' }));
  await world.pass(bot, 15_000, 5_000);
  const during = await bot.notifications.rules.list(GUILD);
  await bot.end();
  bot = await world.start();
  world.discord.refusing.clear();

  await world.pass(bot, 6 * MINUTE, 20_000);

  const fates = during.map((rule) => `${rule.channelId}: ${toFate(rule)}`);
  expect(fates).toEqual(channelIds.map((channelId) => `${channelId}: ${fate}`));
  const after = await bot.notifications.rules.list(GUILD);
  expect(after.filter(({ suspended, delayed }) => suspended !== undefined || delayed !== undefined)).toEqual([]);
});

/** Of the rule as it stood while its channel refused. */
function toFate({ channelId, suspended, delayed }: Rule): string {
  const levels = world.discord.messages.filter((message) => message.channelId === channelId).map(({ level }) => level);
  const what = levels.join().replace('text-only', 'least');
  if (suspended !== undefined) return `${what} after a suspension`;
  return `${what} ${delayed === undefined ? 'soon' : 'after a wait'}`;
}
