import { describe, expect, it } from 'vitest';
import { isSafeAddress } from '../../../sandbox/page/client/h.ts';
import { type Block, type Inline, parseInline, parseMarkdown } from '../../../sandbox/page/client/markdown.ts';

/** Inlines in short: `<strong>a</strong>`, `[url|text]`, `{user 1}`, texts as they are. */
function brief(inlines: readonly Inline[]): string {
  return inlines.map(briefOne).join('');
}

function briefOne(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
      return inline.text;
    case 'code':
      return `<code>${inline.text}</code>`;
    case 'link':
      return `[${inline.url}|${brief(inline.inner)}]`;
    case 'mention':
      return `{${inline.of} ${inline.id}}`;
    case 'time':
      return `{time ${inline.seconds} ${inline.style}}`;
    case 'emoji':
      return `{emoji ${inline.name}}`;
    default:
      return `<${inline.kind}>${brief(inline.inner)}</${inline.kind}>`;
  }
}

function briefBlock(block: Block): string {
  switch (block.kind) {
    case 'code':
      return `code(${block.language}) ${block.text}`;
    case 'quote':
      return `quote[${block.blocks.map(briefBlock).join(' / ')}]`;
    case 'list':
      return `${block.isOrdered ? `ol${block.start}` : 'ul'} ${block.items.map((item) => `${item.depth}:${brief(item.inner)}`).join(', ')}`;
    case 'heading':
      return `h${block.level} ${brief(block.inner)}`;
    default:
      return `${block.kind} ${brief(block.inner)}`;
  }
}

describe('parseInline', () => {
  it.each([
    [
      '**bold** *em* _em_ __u__ ~~s~~ ||sp||',
      '<strong>bold</strong> <em>em</em> <em>em</em> <u>u</u> <s>s</s> <spoiler>sp</spoiler>',
    ],
    ['**a *b* c**', '<strong>a <em>b</em> c</strong>'],
    ['snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
    [String.raw`\*not\* \_this\_ \# \@`, '*not* _this_ # @'],
    [String.raw`**a\** b`, '*<em>a*</em> b'],
    ['`a *b* c` and ``x ` y``', '<code>a *b* c</code> and <code>x ` y</code>'],
    [
      '<@1> <@!2> <@&3> <#4> </job show:5> @everyone @here',
      '{user 1} {user 2} {role 3} {channel 4} {command job show} {everyone everyone} {everyone here}',
    ],
    ['<t:1700000000:R> <t:-5>', '{time 1700000000 R} {time -5 f}'],
    ['<:cat:123456> <a:dog:1>', '{emoji cat} {emoji dog}'],
    ['see https://example.org/a_b_c, ok', 'see [https://example.org/a_b_c|https://example.org/a_b_c], ok'],
    ['<https://example.org/x>', '[https://example.org/x|https://example.org/x]'],
    ['[**a**](https://example.org/)', '[https://example.org/|<strong>a</strong>]'],
    ['[a](javascript:alert(1))', '[a](javascript:alert(1))'],
    ['[a](data:text/html,x) <javascript:x>', '[a](data:text/html,x) <javascript:x>'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['unclosed **bold and `code', 'unclosed **bold and `code'],
  ])('reads %s', (source, expected) => {
    expect(brief(parseInline(source))).toBe(expected);
  });
});

describe('parseMarkdown', () => {
  it.each([
    ['# A\n## B\n### C\n#### D', ['h1 A', 'h2 B', 'h3 C', 'text #### D']],
    ['-# small\ntext\n\nmore', ['subtext small', 'text text\n\nmore']],
    ['> a\n> **b**\nc', ['quote[text a\n<strong>b</strong>]', 'text c']],
    ['>>> a\nb', ['quote[text a\nb]']],
    ['> > a', ['quote[text > a]']],
    ['- a\n  - b\n* c\n1. d\n2. e', ['ul 0:a, 1:b, 0:c', 'ol1 0:d, 0:e']],
    ['7. g', ['ol7 0:g']],
    ['a\n```json\n{"x": "**y**"}\n```\nb', ['text a', 'code(json) {"x": "**y**"}', 'text b']],
    ['```no language```', ['code() no language']],
    ['\\```not code```', ['text ```not code```']],
    ['', []],
  ])('reads %j', (source, expected) => {
    expect(parseMarkdown(source).map(briefBlock)).toEqual(expected);
  });

  it.each([
    '*',
    '**',
    '_',
    '`',
    '```',
    '[',
    '||',
    '~~',
    '> ',
    '\\',
    '[a](',
    '<t:',
    '**_',
    '*a ',
    '**a',
    'https://',
    '```a\n',
    '- ',
  ])('is done soon with 6,000 characters of %j', (piece) => {
    const source = piece.repeat(Math.ceil(6000 / piece.length));
    const { user, system } = process.threadCpuUsage();

    parseMarkdown(source);

    const used = process.threadCpuUsage({ user, system });
    expect((used.user + used.system) / 1_000).toBeLessThan(1500);
  });

  it('keeps what is nested too deep as text', () => {
    const source = `${'> '.repeat(500)}${'**_'.repeat(200)}x${'_**'.repeat(200)}`;

    expect(() => parseMarkdown(source)).not.toThrow();
  });
});

describe('isSafeAddress', () => {
  it.each(['https://example.org', 'http://127.0.0.1:1/', '/files/a.png', '#top', 'blob:x', 'discord://x'])(
    'lets %s stand',
    (address) => {
      expect(isSafeAddress(address)).toBe(true);
    },
  );

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JAVASCRIPT:x',
    'data:text/html,x',
    '//evil.example',
    'vbscript:x',
    '',
  ])('refuses %j', (address) => {
    expect(isSafeAddress(address)).toBe(false);
  });
});
