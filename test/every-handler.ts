import { buildHandlers, type Handlers } from '../src/app/features.ts';
import type { BotServices } from '../src/discord/services.ts';

/** All commands, controls and forms by name, with nothing behind them. */
export const everyHandler: Handlers = buildHandlers({} as unknown as BotServices);
