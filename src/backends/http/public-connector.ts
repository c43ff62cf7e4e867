import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { AppError } from '../../shared/errors.ts';
import { isPublicAddress, mayBePublicHost } from '../../shared/public-addresses.ts';
import { buildConnector, type Connector } from './http-agent.ts';

/** The code of a connection that was not made because it would have led to a private address. */
export const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS';

export interface PublicConnectorOptions {
  /** Milliseconds to connect. */
  readonly timeoutMs: number;
  /** Where names are looked up; default: the system. */
  readonly lookup?: LookupFunction;
}

/**
 * Connects to public addresses alone. A name is looked up anew for each connection, and the connection goes to the very
 * addresses that were checked: whoever owns the name cannot answer the check in one way and the connection in another.
 */
export function publicConnector({ timeoutMs, lookup = systemLookup }: PublicConnectorOptions): Connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: publicLookup(lookup) });
  return (options, callback) => {
    if (mayBePublicHost(options.hostname)) return connect(options, callback);
    queueMicrotask(() => callback(privateAddress(), null));
  };
}

/** As `lookup`, but a name is refused when one of its addresses is private. */
function publicLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (error !== null) return callback(error, '');
      if (first === undefined || addresses.some(({ address }) => !isPublicAddress(address)))
        return callback(privateAddress(), '');
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

function privateAddress(): AppError {
  return new AppError(PRIVATE_ADDRESS, 'The address is not public.');
}
