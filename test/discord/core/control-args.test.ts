import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ControlDefinition, onControl, TagDefinition } from '../../../src/discord/core/control.ts';
import { count, maybe, oneOf, optional, required } from '../../../src/discord/core/control-args.ts';
import type { ControlCall } from '../../../src/discord/core/handlers.ts';

const control = new ControlDefinition({
  name: 'sample',
  args: { ref: required, page: count, type: maybe(oneOf('image', 'video')), by: optional, use: oneOf('on', 'back') },
  requires: 'view',
  acknowledges: 'update',
});
const word = fc.stringMatching(/^[a-z0-9-]{1,15}$/);
const values = fc.record(
  {
    ref: word,
    page: fc.nat(),
    type: fc.constantFrom('image' as const, 'video' as const),
    by: word,
    use: fc.constantFrom('on' as const, 'back' as const),
  },
  { requiredKeys: ['ref', 'page', 'use'] },
);

describe('the arguments of a control', () => {
  it('are read back by name as they were written', () => {
    fc.assert(
      fc.property(values, (given) => {
        expect(control.parse(control.toCustomId(given))).toEqual(given);
      }),
    );
  });

  it('never throw, whatever a custom id holds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (text) => {
        const read = control.parse(`sample:${text}`);

        expect(read === undefined || (read.ref !== '' && read.page >= 0)).toBe(true);
      }),
    );
  });

  it('leave out what is missing at the end', () => {
    const tail = new ControlDefinition({
      name: 'tail',
      args: { ref: required, deliveryId: optional },
      requires: 'anyone',
      acknowledges: 'private',
    });

    expect(tail.toCustomId({ ref: 'k3v9x2ma' })).toBe('tail:k3v9x2ma');
    expect(tail.toCustomId({ ref: 'k3v9x2ma', deliveryId: undefined })).toBe('tail:k3v9x2ma');
    expect(tail.parse('tail:k3v9x2ma')).toEqual({ ref: 'k3v9x2ma' });
  });

  it('are those of the same control alone', () => {
    expect(control.parse('other:k3v9x2ma:0:::on')).toBeUndefined();
  });

  it('reach the handler by name, and a control of another version does not reach it', async () => {
    const seen: string[] = [];
    const { name, requires, acknowledges, ...handler } = onControl(control, async ({ args: { ref, page, use } }) => {
      seen.push(`${ref} ${page} ${use}`);
      return { message: { components: [] } };
    });
    const run = (customId: string) => 'run' in handler && handler.run({ customId } as unknown as ControlCall);

    await run('sample:k3v9x2ma:2:::on');

    expect(seen).toEqual(['k3v9x2ma 2 on']);
    expect({ name, requires, acknowledges }).toEqual({ name: 'sample', requires: 'view', acknowledges: 'update' });
    expect(() => run('sample::2')).toThrow('older version');
  });

  it('are not read from a tag, which nobody can click', () => {
    const tag = new TagDefinition({ name: 'tag', args: { ref: required } });

    expect(tag.toButton({ ref: 'k3v9x2ma' }, 'Job')).toMatchObject({ custom_id: 'tag:k3v9x2ma', disabled: true });
  });
});
