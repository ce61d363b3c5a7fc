// The definitions found in each language, and what hostile source does to the parser.
import { afterAll, expect, test } from 'vitest';
import { grammarOf } from '../../../src/platform/symbols/grammars.ts';
import { openSymbolParser } from '../../../src/platform/symbols/symbols.ts';

const parser = openSymbolParser({ timeout: 60_000 });
const impatient = openSymbolParser({ timeout: 1 });
afterAll(async () => {
  await parser.close();
  await impatient.close();
});

const SAMPLES: [file: string, source: string, found: string][] = [
  [
    'a.js',
    'class A { m() {} }\nfunction* g() { const inner = 1; }\nconst f = async () => {};\nvar n = 1;\n',
    '1 class A, 1 >method m, 2 function g, 3 function f, 4 constant n',
  ],
  [
    'a.ts',
    'export interface I { m(): void }\ntype T = 1;\nenum E { A }\nnamespace N { export const z = 1 }\nabstract class C { f = () => 1; p = 2; #q() {} }\n',
    '1 interface I, 1 >method m, 2 type T, 3 enum E, 4 module N, 4 >constant z, 5 class C, 5 >method f, 5 >method #q',
  ],
  ['a.tsx', 'export const App = () => <div>{x}</div>;\n', '1 function App'],
  [
    'a.py',
    'X = 1\nclass A:\n  @deco\n  def m(self): pass\nasync def f(): pass\n',
    '1 constant X, 2 class A, 4 >method m, 5 function f',
  ],
  [
    'A.java',
    'public class A<T> { A() {} void m() {}\n enum E { X } record R(int a) {} @interface An {} interface I { void q(); } }\n',
    '1 class A, 1 >method A, 1 >method m, 2 >enum E, 2 >class R, 2 >interface An, 2 >interface I, 2 >>method q',
  ],
  [
    'a.c',
    '#define MAX(a) a\ntypedef struct foo { int a; } foo_t;\nstatic char *f(int (*cb)(void)) { return 0; }\nenum e { A };\nint proto(void);\n',
    '1 macro MAX, 2 type foo_t, 2 >struct foo, 3 function f, 4 enum e',
  ],
  [
    'a.cpp',
    'namespace a { template<class T> class C { ~C() {} int m() const { return 1; } }; }\nint a::C::m2() { return 1; }\nusing T = int;\n',
    '1 module a, 1 >class C, 1 >>method ~C, 1 >>method m, 2 method m2, 3 type T',
  ],
  [
    'a.cs',
    'namespace N { public class A { public A() {} public int P { get; set; } void M<T>() {} } interface I {} struct S {} }\n',
    '1 module N, 1 >class A, 1 >>method A, 1 >>property P, 1 >>method M, 1 >interface I, 1 >struct S',
  ],
  [
    'a.go',
    'package p\ntype A struct{}\ntype I interface{ M() }\nfunc f() { var x = 1; _ = x }\nfunc (a *A) m() {}\nconst K = 1\n',
    '2 struct A, 3 interface I, 4 function f, 5 method m, 6 constant K',
  ],
  [
    'a.rs',
    'mod m {}\nstruct S;\nimpl S { fn a(&self) {} }\ntrait T { fn q(); }\nfn f() {}\nmacro_rules! mm { () => {} }\n',
    '1 module m, 2 struct S, 3 method a, 4 trait T, 4 >method q, 5 function f, 6 macro mm',
  ],
  [
    'a.rb',
    'module A::B\n class C < D\n  def m; end\n  def self.s; end\n end\nend\n',
    '1 module B, 2 >class C, 3 >>method m, 4 >>method s',
  ],
  [
    'a.php',
    '<?php\nclass C { const K = 1; public function m() {} }\ntrait T {}\nfunction f() {}\n',
    '2 class C, 2 >constant K, 2 >method m, 3 trait T, 4 function f',
  ],
  [
    'a.kt',
    'interface I { fun f() }\nenum class E { A }\nobject O {}\nfun <T> top(x: T): T = x\nfun String.ext() {}\n',
    '1 interface I, 1 >method f, 2 enum E, 3 class O, 4 function top, 5 function ext',
  ],
  [
    'a.swift',
    'public final class A {\n  func m() {\n    let inner = 1 // func no() {}\n  }\n}\nprotocol P {}\nlet s = "class X {"\nfunc top() {}\n',
    '1 class A, 2 >method m, 6 interface P, 7 constant s, 8 function top',
  ],
  [
    'a.scala',
    'class A { def m = 1 }\nobject O { val k = 1 }\ntrait T\n',
    '1 class A, 1 >method m, 2 class O, 2 >constant k, 3 trait T',
  ],
  ['a.sh', 'foo() { :; }\nfunction bar { :; }\n', '1 function foo, 2 function bar'],
  [
    'a.lua',
    'function foo() end\nlocal function bar() end\nfunction M.x:y() end\n',
    '1 function foo, 2 function bar, 3 method y',
  ],
];

test.each(SAMPLES)(
  '%s',
  async (file, text, found) => {
    const symbols = await parser.parse({ text, grammar: grammarOf(file) ?? '' });
    if (typeof symbols === 'string') throw new Error(symbols);
    expect(
      symbols.map(({ line, kind, name, depth }) => `${line} ${'>'.repeat(depth)}${kind} ${name}`).join(', '),
    ).toBe(found);
  },
  90_000,
);

test('files without a grammar have none', () => {
  expect([grammarOf('a.txt'), grammarOf('README.md'), grammarOf('x', '#!/bin/sh')]).toEqual([
    undefined,
    undefined,
    'bash',
  ]);
});

test('nesting without end ends neither the server nor the parser', async () => {
  for (const grammar of ['javascript', 'python']) {
    const answer = await parser.parse({ text: '('.repeat(60_000), grammar });
    expect(Array.isArray(answer) || answer === 'late').toBe(true);
  }
  const deep = `${'class A { '.repeat(3000)}${'}'.repeat(3000)}`;
  const answer = await parser.parse({ text: deep, grammar: 'java' });
  expect(Array.isArray(answer) ? answer.length : 0).toBeGreaterThan(0);
  expect(await parser.parse({ text: 'class B {}', grammar: 'java' })).toHaveLength(1);
}, 120_000);

test('what takes too long is late, and what is too long is not tried', async () => {
  expect(await impatient.parse({ text: 'function f() {}\n'.repeat(30_000), grammar: 'typescript' })).toBe(
    'late',
  );
  expect(await parser.parse({ text: ' '.repeat(600_000), grammar: 'typescript' })).toBe('late');
}, 60_000);
