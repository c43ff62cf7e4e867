import { buildHandlers, type FeatureNeeds, type Handlers } from '../src/app/features.ts';

/** All commands, controls and forms by name, with nothing behind them. */
export const everyHandler: Handlers = buildHandlers({} as unknown as FeatureNeeds);
