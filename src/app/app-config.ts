import type { Config, DiscordConfig, UseapiConfig } from '../config.ts';

/** A configuration in which both outsides have an address, be it that of a stand-in. */
export interface AppConfig extends Omit<Config, 'discord' | 'useapi'> {
  readonly discord: DiscordConfig;
  readonly useapi: UseapiConfig;
}
