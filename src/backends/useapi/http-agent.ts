import './own-dispatcher.ts';
import { Agent } from 'undici';

export type { Dispatcher } from 'undici';
/** undici is imported nowhere but here, after Node's own HTTP client is in place. */
export { Agent };
