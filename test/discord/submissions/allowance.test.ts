import { expect, it } from 'vitest';
import { toExhaustedText } from '../../../src/discord/submissions/allowance.ts';

it('says of a quota that a role sets for each member that the member used it up', () => {
  const text = toExhaustedText({ used: 5, limit: 5, roleId: '1', left: 0, exhausted: 'role', resetsAt: 0 });

  expect(text).toContain('You’ve used the 5 jobs that your role has for today.');
});
