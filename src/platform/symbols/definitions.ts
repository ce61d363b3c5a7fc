// Collects definitions from the tree that a grammar made of source code. Walks without recursion: trees may be as deep as
// their source is long.
import type { Node, Tree } from 'web-tree-sitter';
import { FUNCTION_VALUES, HOLDERS, METHOD_HOLDERS, type Rule, type Rules } from './definition-rules.ts';
import type { CodeSymbol, SymbolKind } from './symbols.types.ts';

export const MAX_SYMBOLS = 10_000;
export const MAX_NAME = 190;
const MAX_NODES = 2_000_000;
const MAX_NAME_STEPS = 12;

interface Holder {
  /** Depth in the tree at which it ends. */
  level: number;
  kind: SymbolKind | 'impl';
}

/** The definitions in a tree, first line first. */
export function definitionsIn(tree: Tree, rules: Rules): CodeSymbol[] {
  const found: CodeSymbol[] = [];
  const holders: Holder[] = [];
  const cursor = tree.walk();
  let level = 0;
  for (let seen = 0; seen < MAX_NODES && found.length < MAX_SYMBOLS; seen++) {
    while ((holders.at(-1)?.level ?? -1) >= level) holders.pop();
    const type = cursor.nodeType;
    const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
    const kind = cursor.nodeIsNamed && rule ? visit(cursor.currentNode, rule, holders, found) : undefined;
    if (kind) holders.push({ level, kind });
    else if (METHOD_HOLDERS.has(type)) holders.push({ level, kind: 'impl' });
    if (cursor.gotoFirstChild()) level++;
    else {
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) return found;
        level--;
      }
    }
  }
  return found;
}

/** Notes what a node defines, if it does; returns the kind of it. */
function visit(
  node: Node,
  rule: Rule,
  holders: readonly Holder[],
  found: CodeSymbol[],
): SymbolKind | undefined {
  if (rule.needs !== undefined && !node.childForFieldName(rule.needs)) return undefined;
  if (rule.outside && holders.some(({ kind }) => kind === 'function' || kind === 'method')) return undefined;
  const isFunction = rule.asFunction !== undefined && hasFunctionValue(node);
  if (rule.functionsOnly && !isFunction) return undefined;
  const name = nameOf(node, rule);
  if (name === undefined) return undefined;
  const kind = kindOf(node, rule, isFunction, holders, name.isMember);
  const depth = holders.filter((holder) => holder.kind !== 'impl').length;
  found.push({ name: name.text, kind, line: name.line, depth });
  return kind;
}

function kindOf(
  node: Node,
  rule: Rule,
  isFunction: boolean,
  holders: readonly Holder[],
  isMember: boolean,
): SymbolKind {
  const special = Object.entries(rule.by ?? {}).find(([where]) => childAt(node, where));
  if (special) return special[1];
  const kind = isFunction && rule.asFunction ? rule.asFunction : rule.kind;
  const holder = holders.at(-1)?.kind;
  const isHeld = isMember || holder === 'impl' || (holder !== undefined && HOLDERS.has(holder));
  return kind === 'function' && isHeld ? 'method' : kind;
}

function hasFunctionValue(node: Node): boolean {
  const value = node.childForFieldName('value');
  return value !== null && FUNCTION_VALUES.has(value.type);
}

function childAt(node: Node, where: string): Node | null {
  if (!where.startsWith('#')) return node.childForFieldName(where);
  const type = where.slice(1);
  const inType = node.childForFieldName('type');
  if (inType?.type === type) return inType;
  return firstChildren(node).find((child) => child.type === type) ?? null;
}

/** A hostile file may give a node a hundred thousand children; names stand among the first. */
function firstChildren(node: Node): Node[] {
  const children: Node[] = [];
  for (let at = 0; at < Math.min(node.childCount, 24); at++) {
    const child = node.child(at);
    if (child) children.push(child);
  }
  return children;
}

const LEAVES = /identifier$|^constant$|^word$|^name$|_name$|^operator|^string$/;
const STEPS = ['declarator', 'name', 'method', 'field', 'property', 'left'];

/** The name itself: below declarators and qualified names, whose last part it is. */
function nameOf(node: Node, rule: Rule): { text: string; line: number; isMember: boolean } | undefined {
  let at = childAt(node, rule.name ?? 'name');
  let isMember = false;
  for (let step = 0; at && step < MAX_NAME_STEPS; step++) {
    isMember ||= at.type === 'qualified_identifier' || at.childForFieldName('method') !== null;
    const next: Node | null = nextTowardsName(at);
    if (!next) break;
    at = next;
  }
  if (!at || !LEAVES.test(at.type)) return undefined;
  const text = at.text.trim().replace(/^(["'])(.*)\1$/s, '$2');
  if (text === '' || text.length > MAX_NAME || /[\n\r\0]/.test(text)) return undefined;
  return { text, line: at.startPosition.row + 1, isMember };
}

function nextTowardsName(node: Node): Node | null {
  for (const field of STEPS) {
    const child = node.childForFieldName(field);
    if (child) return child;
  }
  const inside = ['parenthesized_declarator', 'variable_declaration', 'reference_declarator'];
  return inside.includes(node.type) ? node.firstNamedChild : null;
}
