import { Agent, getGlobalDispatcher } from 'undici';

const GLOBALS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'];

/**
 * Merely importing undici makes its Agent the process's global dispatcher when none is set yet. discord.js brings an older undici,
 * which would then send through this one, and fail on every upload. So what the import has set is taken back at once, and undici is
 * imported nowhere but here.
 */
if (getGlobalDispatcher() instanceof Agent) {
  for (const name of GLOBALS) Reflect.set(globalThis, Symbol.for(name), undefined);
}

export type { Dispatcher } from 'undici';
export { Agent };
