import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasNotify, type NotifySocket, openNotifySocket } from '../health/notify-socket.ts';
import { BotProcessWorld } from './bot-process.ts';

describe.skipIf(!hasNotify)('a bot under a supervisor (skipped without python3 and systemd-notify)', () => {
  let world: BotProcessWorld;
  let supervisor: NotifySocket;

  beforeEach(async () => {
    world = await BotProcessWorld.start();
    supervisor = await openNotifySocket(join(world.folder, 'notify.sock'));
  });
  afterEach(async () => {
    await supervisor.close();
    await world.close();
  });

  it('says when it is ready, that it lives, and that it stops', async () => {
    const env = { NOTIFY_SOCKET: join(world.folder, 'notify.sock'), WATCHDOG_USEC: '1000000' };
    const bot = await world.startBot({ env });
    const signs = () => supervisor.messages.filter((message) => message === 'WATCHDOG=1').length;
    await expect.poll(() => supervisor.messages).toContain('READY=1\nSTATUS=running');
    const before = signs();
    await expect.poll(signs).toBeGreaterThan(before + 1);

    const ended = once(bot, 'exit');
    bot.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await expect.poll(() => supervisor.messages.at(-1)).toBe('STOPPING=1\nSTATUS=stopping');
  });
});
