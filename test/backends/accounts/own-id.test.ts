import { describe, expect, it } from 'vitest';
import { parseJobid, qualify, unqualify } from '../../../src/backends/accounts/job-ids.ts';
import { toOwnerGuildId, toOwnId } from '../../../src/backends/accounts/own-id.ts';
import { V3_ID } from '../useapi/records.ts';

describe('the id of an account that a server brings', () => {
  it.each(['1', '123456789012345678', '1234567890123456789', '18446744073709551615'])(
    'names its server, and fits before a job id: %s',
    (guildId) => {
      const id = toOwnId(guildId, Date.UTC(2038, 0, 1));

      expect(id.length).toBeLessThanOrEqual(24);
      expect(toOwnerGuildId(id)).toBe(guildId);
      expect(unqualify(qualify(id, 'v3'))).toEqual({ accountId: id, text: 'v3' });
      expect(parseJobid(qualify(id, V3_ID))?.board).toBe(`${id}/v3`);
    },
  );

  it.each(['studio', 'own', 'own-', 'own-x', 'own-x-', 'own-X-1', 'own-x-1-2', 'own-12345678901234-1'])(
    'is not %j, which belongs to whoever runs the bot',
    (id) => {
      expect(toOwnerGuildId(id)).toBeUndefined();
    },
  );
});
