import './own-dispatcher.ts';
import { Agent, buildConnector } from 'undici';

export type { Dispatcher } from 'undici';
/** How a socket is opened. */
export type Connector = buildConnector.connector;
/** undici is imported nowhere but here, after Node's own HTTP client is in place. */
export { Agent, buildConnector };
