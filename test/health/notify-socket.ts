import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Prints each message as a line of JSON; Node itself has no such sockets. */
const RECEIVER = `
import json, socket, sys
name = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind('\\0' + name[1:] if name.startswith('@') else name)
print('bound', flush=True)
while True:
    print(json.dumps(receiver.recv(4096).decode()), flush=True)
`;

/** By what the program learns that what it sent before was read. */
const BARRIER = 'BARRIER=1';

/** Whether this machine has what receives, and what sends. */
export const hasNotify = [
  ['python3', '--version'],
  ['systemd-notify', '--version'],
].every(([program = '', flag = '']) => spawnSync(program, [flag]).status === 0);

/** A supervisor's socket. */
export interface NotifySocket {
  /** What came, one message an entry. */
  readonly messages: readonly string[];
  close(): Promise<void>;
}

/** @param name A path, or `@` and a name without a file. */
export async function openNotifySocket(name: string): Promise<NotifySocket> {
  const child = spawn('python3', ['-u', '-c', RECEIVER, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const messages: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit');
  await once(lines, 'line');
  lines.on('line', (line) => {
    const message = String(JSON.parse(line));
    if (message !== BARRIER) messages.push(message);
  });
  return {
    messages,
    async close() {
      child.kill();
      await ended;
    },
  };
}
