// Which nodes of each grammar's trees are definitions, and where their names stand.
import type { SymbolKind } from './symbols.types.ts';

export interface Rule {
  kind: SymbolKind;
  /** The field that holds the name, by default `name`; `#type` for the first child of that type. */
  name?: string;
  /** Only outside of every other definition but modules and classes. */
  outside?: true;
  /** Only where the node has this field, e.g. a struct with a body. */
  needs?: string;
  /** What it is when its field `value` is of one of the types of functions. */
  asFunction?: SymbolKind;
  /** Only where that is so. */
  functionsOnly?: true;
  /** What it is by a child: field or `#type` of the first child -> kind. */
  by?: Readonly<Record<string, SymbolKind>>;
}

export type Rules = Readonly<Record<string, Rule>>;

/** Values that make a variable a function. */
export const FUNCTION_VALUES: ReadonlySet<string> = new Set([
  'arrow_function',
  'function',
  'function_expression',
  'generator_function',
  'lambda',
]);

/** Kinds whose functions are methods. */
export const HOLDERS: ReadonlySet<SymbolKind> = new Set(['class', 'interface', 'struct', 'enum', 'trait']);

const JAVASCRIPT: Rules = {
  class_declaration: { kind: 'class' },
  function_declaration: { kind: 'function' },
  generator_function_declaration: { kind: 'function' },
  method_definition: { kind: 'method' },
  field_definition: { kind: 'property', name: 'property', asFunction: 'method', functionsOnly: true },
  variable_declarator: { kind: 'constant', outside: true, asFunction: 'function' },
};

const TYPESCRIPT: Rules = {
  ...JAVASCRIPT,
  abstract_class_declaration: { kind: 'class' },
  interface_declaration: { kind: 'interface' },
  type_alias_declaration: { kind: 'type' },
  enum_declaration: { kind: 'enum' },
  internal_module: { kind: 'module' },
  module: { kind: 'module' },
  function_signature: { kind: 'function' },
  method_signature: { kind: 'method' },
  abstract_method_signature: { kind: 'method' },
  public_field_definition: { kind: 'property', asFunction: 'method', functionsOnly: true },
};

const C: Rules = {
  function_definition: { kind: 'function', name: 'declarator' },
  struct_specifier: { kind: 'struct', needs: 'body' },
  union_specifier: { kind: 'struct', needs: 'body' },
  enum_specifier: { kind: 'enum', needs: 'body' },
  type_definition: { kind: 'type', name: 'declarator' },
  preproc_def: { kind: 'macro' },
  preproc_function_def: { kind: 'macro' },
};

/** Grammar -> node type -> rule. */
export const RULES: Readonly<Record<string, Rules>> = {
  javascript: JAVASCRIPT,
  typescript: TYPESCRIPT,
  tsx: TYPESCRIPT,
  c: C,
  cpp: {
    ...C,
    class_specifier: { kind: 'class', needs: 'body' },
    namespace_definition: { kind: 'module' },
    alias_declaration: { kind: 'type' },
    concept_definition: { kind: 'type' },
  },
  c_sharp: {
    namespace_declaration: { kind: 'module' },
    file_scoped_namespace_declaration: { kind: 'module' },
    class_declaration: { kind: 'class' },
    record_declaration: { kind: 'class' },
    record_struct_declaration: { kind: 'struct' },
    struct_declaration: { kind: 'struct' },
    interface_declaration: { kind: 'interface' },
    enum_declaration: { kind: 'enum' },
    delegate_declaration: { kind: 'type' },
    constructor_declaration: { kind: 'method' },
    method_declaration: { kind: 'method' },
    property_declaration: { kind: 'property' },
    local_function_statement: { kind: 'function' },
  },
  go: {
    function_declaration: { kind: 'function' },
    method_declaration: { kind: 'method' },
    type_spec: { kind: 'type', by: { '#struct_type': 'struct', '#interface_type': 'interface' } },
    type_alias: { kind: 'type' },
    const_spec: { kind: 'constant', outside: true },
    var_spec: { kind: 'variable', outside: true },
  },
  java: {
    class_declaration: { kind: 'class' },
    record_declaration: { kind: 'class' },
    interface_declaration: { kind: 'interface' },
    annotation_type_declaration: { kind: 'interface' },
    enum_declaration: { kind: 'enum' },
    constructor_declaration: { kind: 'method' },
    method_declaration: { kind: 'method' },
  },
  kotlin: {
    class_declaration: {
      kind: 'class',
      name: '#type_identifier',
      by: { '#interface': 'interface', '#enum_class_body': 'enum' },
    },
    object_declaration: { kind: 'class', name: '#type_identifier' },
    function_declaration: { kind: 'function', name: '#simple_identifier' },
    type_alias: { kind: 'type', name: '#type_identifier' },
    property_declaration: { kind: 'constant', name: '#variable_declaration', outside: true },
  },
  lua: {
    function_definition_statement: { kind: 'function' },
    local_function_definition_statement: { kind: 'function' },
  },
  php: {
    namespace_definition: { kind: 'module' },
    class_declaration: { kind: 'class' },
    interface_declaration: { kind: 'interface' },
    trait_declaration: { kind: 'trait' },
    enum_declaration: { kind: 'enum' },
    function_definition: { kind: 'function' },
    method_declaration: { kind: 'method' },
    const_element: { kind: 'constant', name: '#name' },
  },
  python: {
    class_definition: { kind: 'class' },
    function_definition: { kind: 'function' },
    assignment: { kind: 'constant', name: 'left', outside: true },
  },
  ruby: {
    module: { kind: 'module' },
    class: { kind: 'class' },
    method: { kind: 'method' },
    singleton_method: { kind: 'method' },
    assignment: { kind: 'constant', name: 'left', outside: true },
  },
  rust: {
    mod_item: { kind: 'module' },
    struct_item: { kind: 'struct' },
    union_item: { kind: 'struct' },
    enum_item: { kind: 'enum' },
    trait_item: { kind: 'trait' },
    type_item: { kind: 'type' },
    const_item: { kind: 'constant' },
    static_item: { kind: 'variable' },
    macro_definition: { kind: 'macro' },
    function_item: { kind: 'function' },
    function_signature_item: { kind: 'method' },
  },
  scala: {
    class_definition: { kind: 'class' },
    object_definition: { kind: 'class' },
    trait_definition: { kind: 'trait' },
    enum_definition: { kind: 'enum' },
    function_definition: { kind: 'function' },
    function_declaration: { kind: 'function' },
    type_definition: { kind: 'type' },
    val_definition: { kind: 'constant', name: 'pattern', outside: true },
  },
  bash: { function_definition: { kind: 'function' } },
};

/** Nodes that are no definitions and yet make the functions inside of them methods. */
export const METHOD_HOLDERS: ReadonlySet<string> = new Set(['impl_item']);
