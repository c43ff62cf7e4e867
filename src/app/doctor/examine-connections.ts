import type { Config } from '../../config.ts';
import { checkHeldConnections } from '../../doctor/discord-checks.ts';
import type { Examination } from '../../doctor/examine.ts';
import { doctorNames } from '../../doctor/words.ts';
import { withDatabase } from './with-database.ts';

/** Connections to the gateway, where processes of their own hold them. */
export function examineConnections({ role, store }: Pick<Config, 'role' | 'store'>): Examination[] {
  if (role === 'all' || store.kind !== 'postgres') return [];
  const run = () =>
    withDatabase(store.url, async (database) => {
      const { readConnectionFacts } = await import('../../gateway/connection-facts.ts');
      return [checkHeldConnections(await readConnectionFacts(database))];
    }).catch(() => []); // The store says what is wrong with the database.
  return [{ topic: 'discord', what: doctorNames.connections, run }];
}
