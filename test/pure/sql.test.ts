import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indentSql } from '../../src/sql/indent.ts';
import { lex, LexError } from '../../src/sql/lex.ts';
import { clipName, commentText, quoteBody, quoteName, quoteText } from '../../src/sql/quote.ts';
import { loadParser } from '../../src/parse/parse.ts';

const hostile = fc.string({ unit: fc.oneof(fc.constantFrom("'", '"', '$', '\\', '\n', '\r', ';', '-', '/', '*', '😀', 'ß'), fc.string({ minLength: 1, maxLength: 1 })), minLength: 1, maxLength: 30 }).filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));

describe('quoting, judged by PostgreSQL\'s own parser', () => {
  test('names, texts and bodies come back as they went in', async () => {
    const parser = await loadParser();
    fc.assert(
      fc.property(hostile, hostile, (name, text) => {
        const column = parser.expression(quoteName(name)) as { ColumnRef: { fields: { String: { sval: string } }[] } };
        expect(column.ColumnRef.fields[0]?.String.sval).toBe(clipName(name));
        const constant = parser.expression(quoteText(text)) as { A_Const: { sval: { sval?: string } } };
        expect(constant.A_Const.sval.sval ?? '').toBe(text);
        expect(parser.statements(`DO ${quoteBody(text)};`)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  test('a name in a comment cannot end it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => !/[\n\r\u2028\u2029\0]/.test(commentText(text))));
  });

  test('a name is cut where PostgreSQL cuts it', () => {
    expect(clipName('a'.repeat(70))).toHaveLength(63);
    expect(clipName('ß'.repeat(40))).toBe('ß'.repeat(31));
    expect(clipName(`${'a'.repeat(62)}😀`)).toBe('a'.repeat(62));
  });

  test('an empty name and a NUL are refused', () => {
    expect(() => quoteName('')).toThrow(RangeError);
    expect(() => quoteName('a\0b')).toThrow(RangeError);
    expect(() => quoteText('a\0b')).toThrow(RangeError);
  });
});

describe('lexing', () => {
  const kinds = (sql: string) => [...lex(sql)].map(({ kind, value }) => `${kind} ${value}`);

  test.each([
    [`SELECT 'it''s', E'a\\'b', $x$ $$ ; $x$, "Na""me"`, ['word select', "text it's", 'operator ,', "text a'b", 'operator ,', 'text  $$ ; ', 'operator ,', 'name Na"me']],
    ['a -- b\nc /* d /* e */ f */ g', ['word a', 'comment -- b', 'word c', 'comment /* d /* e */ f */', 'word g']],
    ['1.5e-3::numeric(10,2) -1 ->> $1', ['number 1.5e-3', 'operator ::', 'word numeric', 'operator (', 'number 10', 'operator ,', 'number 2', 'operator )', 'operator -', 'number 1', 'operator ->>', 'parameter $1']],
    ['x=-1 y--c', ['word x', 'operator =', 'operator -', 'number 1', 'word y', 'comment --c']],
  ])('%s', (sql, expected) => expect(kinds(sql)).toEqual(expected));

  test.each(["'open", '"open', '$a$ open', '/* open'])('%s is unterminated', (sql) => expect(() => [...lex(sql)]).toThrow(LexError));

  test('cuts at the same places as PostgreSQL\'s scanner', async () => {
    const { loadModule, scanSync } = await import('libpg-query');
    await loadModule();
    const word = fc.constantFrom('SELECT', '"Na""me"', "'te''xt'", '$$ a;b $$', "E'x\\n'", '1.5', '42', '(', ')', ',', ';', '::', '->', '<=', '=', '+', '- ', '-- c\n', '/* d */', 'U&"x"', "B'1'", '$1', '\n', ' ');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 14 }), (words) => {
        const sql = words.join(' ');
        if (sql.trim() === '') return;
        const theirs = scanSync(sql).tokens.filter(({ text }) => !/^(--|\/\*)/.test(text)).map(({ text }) => text);
        const ours = [...lex(sql)].filter(({ kind }) => kind !== 'comment').map(({ start, end }) => sql.slice(start, end));
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 300 },
    );
  });
});

test('indenting never touches the inside of a text', () => {
  expect(indentSql("a 'x\ny'\nb $$p\nq$$", 2)).toBe("  a 'x\ny'\n  b $$p\nq$$");
  expect(indentSql('a\n\n"x\n \ny"\n', 2)).toBe('  a\n\n  "x\n \ny"\n');
});
