import type { SimpleShardingStrategy } from 'discord.js';

/**
 * Makes a strategy's end one also of connections that are being opened. The library by itself leaves them open and
 * listens to them no more, so that one that then fails, refused or too late, ends the process.
 */
export function endOpeningSockets(strategy: SimpleShardingStrategy): void {
  const destroy = strategy.destroy.bind(strategy);
  strategy.destroy = async (options) => {
    const opening = listOpeningSockets(strategy);
    for (const socket of opening) socket.on('error', () => undefined);
    await destroy(options);
    for (const socket of opening) socket.terminate();
  };
}

function listOpeningSockets(strategy: SimpleShardingStrategy) {
  const sockets = [...strategy['shards'].values()].map((shard) => shard['connection']);
  return sockets.filter((socket) => socket !== null && socket.readyState === socket.CONNECTING);
}
