import { globSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ControlDefinition } from '../../src/discord/core/control.ts';
import { everyHandler } from '../every-handler.ts';
import type { WrittenId } from '../fixtures/written-ids.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const VERSIONS = readdirSync(FIXTURES).flatMap((name) => /^store-(.+)\.json$/.exec(name)?.[1] ?? []);

/** All definitions of controls and forms that modules export. */
const modules: object[] = await Promise.all(
  globSync('src/discord/**/*.ts', { cwd: ROOT }).map((path) => import(resolve(ROOT, path))),
);
const definitions = modules.flatMap((exported) => Object.values(exported)).filter(isDefinition);

type AnyDefinition = Pick<ControlDefinition<Record<string, never>, 'private'>, 'parse'> & {
  readonly shape: { readonly name: string };
};

function isDefinition(value: unknown): value is AnyDefinition {
  return value instanceof ControlDefinition;
}

describe('the controls of the bot', () => {
  it('have a definition and a handler each, under the same name, once', () => {
    const defined = definitions.map(({ shape }) => shape.name).sort();
    const handled = [...everyHandler.controls, ...everyHandler.forms].map(({ name }) => name).sort();

    expect(defined).toEqual(handled);
    expect(new Set(defined).size).toBe(defined.length);
    expect(defined.length).toBeGreaterThan(25);
  });

  it.each(VERSIONS)('read every custom id that version %s wrote, each by one definition', (version) => {
    const text = readFileSync(resolve(FIXTURES, `store-${version}.json`), 'utf8');
    const { customIds } = JSON.parse(text) as { readonly customIds: readonly WrittenId[] };

    const unread = customIds.filter(
      ({ customId }) => definitions.filter((definition) => definition.parse(customId) !== undefined).length !== 1,
    );

    expect(unread).toEqual([]);
  });
});
