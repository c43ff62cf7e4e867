import type { Config, DiscordConfig, MjConfig, UseapiConfig } from '../config.ts';

/** A configuration in which all outsides have an address, be it that of a stand-in. */
export interface AppConfig
  extends Omit<Config, 'role' | 'discord' | 'useapi' | 'mj' | 'accounts' | 'ownAccounts' | 'sandboxServices'> {
  /** Default `all`. */
  readonly role?: Config['role'];
  readonly discord: DiscordConfig;
  readonly useapi?: UseapiConfig;
  readonly mj?: MjConfig;
  readonly accounts?: Config['accounts'];
  /** Default: servers bring no accounts. */
  readonly ownAccounts?: Config['ownAccounts'];
}
