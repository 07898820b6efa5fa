import { z } from 'zod';
import { table } from './markers.ts';

/** The part of JSON Schema that zod makes of our schemas. */
interface Shape {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly additionalProperties?: boolean | Shape;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Describes schemas as tables; a schema that has a name of its own is called by it. */
export class Shapes {
  readonly #names: ReadonlyMap<unknown, string>;

  constructor(named: Readonly<Record<string, z.ZodType>>) {
    this.#names = new Map(Object.entries(named).map(([name, schema]) => [schema, name]));
  }

  /** One table a member of a union, under the value that tells it apart. */
  union(schema: z.ZodType, tag: string, level: string): string {
    const parts = this.#members(schema).map((member) => {
      const told = member.properties?.[tag];
      const intro = told?.description ?? member.description;
      return [
        `${level} \`${String(told?.const)}\``,
        ...(intro === undefined ? [] : [intro]),
        this.#fields(member, tag),
      ];
    });
    return parts.flat().join('\n\n');
  }

  /** One table of an object's fields. */
  object(schema: z.ZodType): string {
    return this.#fields(this.#shapeOf(schema, true), undefined);
  }

  /** A schema in a few words: its name, or what it is made of. */
  inline(schema: z.ZodType): string {
    return inWords(this.#shapeOf(schema, false));
  }

  /** The values of `tag` that a union has. */
  tags(schema: z.ZodType, tag: string): readonly string[] {
    return this.#members(schema).map((member) => String(member.properties?.[tag]?.const));
  }

  #members(schema: z.ZodType): readonly Shape[] {
    const shape = this.#shapeOf(schema, true);
    return shape.oneOf ?? shape.anyOf ?? [shape];
  }

  #fields(shape: Shape, tag: string | undefined): string {
    const fields = Object.entries(shape.properties ?? {}).filter(([name]) => name !== tag);
    if (fields.length === 0) return 'No further fields.';
    const shown = { ...shape, properties: Object.fromEntries(fields) };
    return table(['field', 'what', ''], rowsOf(shown, ''));
  }

  /** @param isOutermost the schema itself is described, not called by its name */
  #shapeOf(schema: z.ZodType, isOutermost: boolean): Shape {
    const shape = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema, path }) => {
        const name = this.#nameOf(zodSchema);
        if (name !== undefined && !(isOutermost && path.length === 0)) jsonSchema.title = name;
      },
    });
    return shape as Shape;
  }

  /** `describe` makes a copy that knows what it was copied from. */
  #nameOf(schema: unknown): string | undefined {
    const name = this.#names.get(schema);
    if (name !== undefined) return name;
    const { _zod: internals } = schema as z.core.$ZodType;
    return internals.parent === undefined ? undefined : this.#nameOf(internals.parent);
  }
}

/** A row a field; what an object without a name is made of follows it in rows of its own. */
function rowsOf(shape: Shape, path: string): string[][] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, field]) => {
    const full = `${path}${name}`;
    const isOptional = shape.required?.includes(name) !== true;
    const inner = field.type === 'array' ? field.items : field;
    const isNameless = field.title === undefined && inner?.title === undefined && inner?.properties !== undefined;
    const what = isNameless
      ? inner === field
        ? 'object'
        : `list of objects${bounds(field.minItems, field.maxItems, 'entries')}`
      : inWords(field);
    const row = [`\`${full}\`${isOptional ? ' (optional)' : ''}`, what, field.description ?? ''];
    return isNameless && inner !== undefined
      ? [row, ...rowsOf(inner, `${full}${inner === field ? '' : '[]'}.`)]
      : [row];
  });
}

function inWords(shape: Shape): string {
  const { title, type, items, properties } = shape;
  if (title !== undefined) return title;
  if (shape.const !== undefined) return `\`${JSON.stringify(shape.const)}\``;
  if (shape.enum !== undefined) return shape.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  const members = shape.oneOf ?? shape.anyOf;
  if (members !== undefined) return [...new Set(members.map(inWords))].join(' or ');
  if (type === 'array' && items !== undefined)
    return `list of ${inWords(items)}${bounds(shape.minItems, shape.maxItems, 'entries')}`;
  if (type === 'object' && properties !== undefined)
    return `{ ${Object.entries(properties)
      .map(([name, field]) => `\`${name}\`${shape.required?.includes(name) ? '' : '?'}: ${inWords(field)}`)
      .join(', ')} }`;
  if (type === 'object') return 'object of any JSON values';
  if (type === 'string') return `text${bounds(shape.minLength, shape.maxLength, 'characters')}`;
  if (type === 'integer') return `whole number${bounds(shape.minimum, shape.maximum, '')}`;
  return type ?? 'any JSON value';
}

/** Bounds that say something: not 0, and not the largest number there is. */
function bounds(low: number | undefined, high: number | undefined, unit: string): string {
  const isLow = low !== undefined && low > 0;
  const isHigh = high !== undefined && high < Number.MAX_SAFE_INTEGER;
  const shown = (value: number): string => value.toLocaleString('en');
  const of = unit === '' ? '' : ` ${unit}`;
  if (isLow && isHigh) return `, ${shown(low)} to ${shown(high)}${of}`;
  if (isHigh) return `, at most ${shown(high)}${of}`;
  return isLow ? `, at least ${shown(low)}${of}` : '';
}
