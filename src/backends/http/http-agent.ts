import { createRequire } from 'node:module';
import type Undici from 'undici';

export type { Dispatcher } from 'undici';
export type Agent = Undici.Agent;
/** How a socket is opened. */
export type Connector = Undici.buildConnector.connector;

/**
 * The parts of undici that the bot needs: 31 of its 111 files. Its whole makes itself the process's global dispatcher
 * where it is loaded first, and both discord.js's uploads and `fetch` break then. undici is loaded nowhere but here.
 */
const require = createRequire(import.meta.url);
const Dispatcher: typeof Undici.Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
Object.assign(Dispatcher.prototype, require('undici/lib/api/index.js'));
export const Agent: typeof Undici.Agent = require('undici/lib/dispatcher/agent.js');
export const buildConnector: typeof Undici.buildConnector = require('undici/lib/core/connect.js');
