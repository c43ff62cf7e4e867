import { measureManyRules } from './many-rules.ts';
import type { Measurement } from './measurement.ts';
import { measureQueueRate } from './queue-rate.ts';
import { measureStandbys } from './standbys.ts';

/** What PostgreSQL costs beside SQLite, with processes that stand by and with very many servers. */
export const scale: Measurement = {
  name: 'scale',
  measure: async () => [await measureQueueRate(), await measureStandbys(), ...(await measureManyRules())],
};
