// How the JSON of the API is written down: a table of fields and types by name, as light as the words it is made of.

/**
 * `integer`, `number`, `string`, `boolean`, `date-time`, `date`, `object` (any JSON object), `map:string` (an object of texts)
 * or the name of a shape; `[]` behind it makes a list; `|null` last says that null may stand there.
 */
export type FieldType = string;

/** Field names to types; a name that ends with `?` may be missing. */
export type Shape = Readonly<Record<string, FieldType>>;
export type Shapes = Readonly<Record<string, Shape>>;
