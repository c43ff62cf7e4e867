import { describe, expect, it } from 'vitest';
import { hasSoundZoom, takesPrompt, withZoom } from '../../../src/jobs/submissions/press-rules.ts';

describe('Custom Zoom', () => {
  it.each([
    ['a pier', 'a pier --zoom 1.8'],
    ['a pier --zoom 2 --ar 3:2', 'a pier --ar 3:2 --zoom 1.8'],
    ['', '--zoom 1.8'],
  ])('begins “%s” as “%s”', (prompt, begun) => {
    expect(withZoom(prompt)).toBe(begun);
    expect(hasSoundZoom(begun)).toBe(true);
  });

  it.each(['a', 'a --zoom', 'a --zoom 0.9', 'a --zoom 2.1', 'a --zoom far', 'a --zoom 1 --zoom 2', 'a --zoom 1e0'])(
    'does not take “%s”',
    (prompt) => {
      expect(hasSoundZoom(prompt)).toBe(false);
    },
  );
});

it.each([
  ['V1', true],
  ['Vary (Region)', true],
  ['🔄', true],
  ['⬅️', true],
  ['U1', false],
  ['Upscale (Subtle)', false],
  ['Make Square', false],
])('says whether %s takes a prompt', (label, takes) => {
  expect(takesPrompt(label)).toBe(takes);
});
