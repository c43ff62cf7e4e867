import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Lifecycle } from '../../src/health/lifecycle.ts';
import { Supervisor, type SupervisorOptions } from '../../src/health/supervisor.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { FakeClock } from '../fake-clock.ts';
import { aRecordingLogger } from '../recording-logger.ts';
import { hasNotify, openNotifySocket } from './notify-socket.ts';

afterEach(() => void vi.useRealTimers());

function supervise(options: Partial<SupervisorOptions> = {}) {
  const sent: string[] = [];
  const lifecycle = new Lifecycle(new FakeClock());
  const send: SupervisorOptions['send'] = async (_socket, lines) => void sent.push(lines.join(' '));
  const supervisor = new Supervisor({ socket: '/run/notify', lifecycle, logger: silentLogger, send, ...options });
  return { sent, lifecycle, supervisor };
}

describe('Supervisor', () => {
  it('says where the process is, and that one which stands by is ready to', async () => {
    const { sent, lifecycle, supervisor } = supervise();
    for (const phase of ['standing-by', 'starting', 'running', 'stopping'] as const) lifecycle.enter(phase);
    await supervisor.close();

    expect(sent).toEqual([
      'READY=1 STATUS=standing by',
      'STATUS=starting',
      'READY=1 STATUS=running',
      'STOPPING=1 STATUS=stopping',
    ]);
  });

  it('gives a sign of life twice in each time that the watchdog allows, until it is closed', async () => {
    vi.useFakeTimers();
    const { sent, supervisor } = supervise({ watchdogMs: 60_000 });
    await vi.advanceTimersByTimeAsync(90_000);
    await supervisor.close();
    await vi.advanceTimersByTimeAsync(90_000);

    expect(sent).toEqual(['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  });

  it('does not let signs of life pile up where one cannot be sent', async () => {
    vi.useFakeTimers();
    const held = Promise.withResolvers<void>();
    let calls = 0;
    const send = async () => {
      calls += 1;
      await held.promise;
    };
    supervise({ watchdogMs: 2_000, send });
    await vi.advanceTimersByTimeAsync(60_000);

    expect(calls).toBe(1);
    held.resolve();
  });

  it('goes on where it cannot be heard, and says so once', async () => {
    const { logger, lines } = aRecordingLogger();
    const { lifecycle, supervisor } = supervise({ logger, send: () => Promise.reject(new Error('ENOENT')) });
    lifecycle.enter('running');
    lifecycle.enter('stopping');
    await supervisor.close();

    expect(lines).toEqual([expect.stringContaining('The supervisor could not be notified.')]);
  });
});

describe.skipIf(!hasNotify)('over a real socket (skipped without python3 and systemd-notify)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([join(folder, 'notify.sock'), `@useapi-discord-bot-test-${process.pid}`])('reaches %s', async (socket) => {
    const received = await openNotifySocket(socket);
    try {
      const lifecycle = new Lifecycle(new FakeClock());
      const supervisor = new Supervisor({ socket, watchdogMs: 200, lifecycle, logger: silentLogger });
      lifecycle.enter('running');
      await expect.poll(() => received.messages.length).toBeGreaterThan(2);
      lifecycle.enter('stopping');
      await supervisor.close();
      await expect.poll(() => received.messages.at(-1)).toBe('STOPPING=1\nSTATUS=stopping');

      expect(received.messages.slice(0, 2)).toEqual(['READY=1\nSTATUS=running', 'WATCHDOG=1']);
    } finally {
      await received.close();
    }
  });
});
