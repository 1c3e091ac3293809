/**
 * What is wrong with a value that does not fit its schema, in words: each place with what was got and
 * what was expected. Reads the part of JSON Schema that networks and files use. Whether a large
 * document fits is decided by its compiled schema; this explains, and may be slow.
 */
import type { Fault } from './errors.ts';
import { type FaultList, faultList, pointerSegment, shown } from './network-faults.ts';

/** The part of JSON Schema that is understood. `format` is not. */
export interface ExplainedSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly ExplainedSchema[];
  readonly properties?: { readonly [key: string]: ExplainedSchema };
  readonly patternProperties?: { readonly [pattern: string]: ExplainedSchema };
  readonly required?: readonly string[] | undefined;
  readonly items?: ExplainedSchema | readonly ExplainedSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly description?: string;
}

/** What is wrong with a value of a file, by place; none if it fits. O(size of the value). */
export function schemaFaults(schema: ExplainedSchema, value: unknown, place: string): Fault[] {
  const faults = faultList();
  explainSchema(schema, value, place, faults);
  return faults.list();
}

/** Adds a fault for every place of `value` that does not fit `schema`; O(size of the value). */
export function explainSchema(
  schema: ExplainedSchema,
  value: unknown,
  pointer: string,
  faults: FaultList,
): void {
  if (faults.isFull()) return;
  if (schema.anyOf !== undefined) explainUnion(schema.anyOf, value, pointer, faults);
  else if (schema.const !== undefined) {
    if (value !== schema.const) addMismatch(schema, value, pointer, faults);
  } else if (schema.type === 'object') explainObject(schema, value, pointer, faults);
  else if (schema.type === 'array') explainArray(schema, value, pointer, faults);
  else if (!fitsScalar(schema, value)) addMismatch(schema, value, pointer, faults);
}

function addMismatch(
  schema: ExplainedSchema,
  value: unknown,
  pointer: string,
  faults: FaultList,
): void {
  faults.add(pointer, `got ${shown(value)}, expected ${expectation(schema)}`);
}

function explainUnion(
  choices: readonly ExplainedSchema[],
  value: unknown,
  pointer: string,
  faults: FaultList,
): void {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const objects = choices.filter((choice) => choice.type === 'object');
  // An object can only have meant the one choice that is an object: explain that one inside.
  if (isObject && objects.length === 1) {
    explainSchema(objects[0]!, value, pointer, faults);
    return;
  }
  if (choices.some((choice) => fitsScalar(choice, value))) return;
  faults.add(pointer, `got ${shown(value)}, expected ${choices.map(expectation).join(' or ')}`);
}

function explainObject(
  schema: ExplainedSchema,
  value: unknown,
  pointer: string,
  faults: FaultList,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    addMismatch(schema, value, pointer, faults);
    return;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const properties = schema.properties ?? {};
  for (const key of schema.required ?? []) {
    if (Object.hasOwn(fields, key) && fields[key] !== undefined) continue;
    const expected = expectation(properties[key] ?? {});
    faults.add(`${pointer}/${pointerSegment(key)}`, `is missing, expected ${expected}`);
  }
  for (const key of Object.keys(fields)) {
    if (fields[key] === undefined) continue;
    const part = propertySchema(schema, key);
    const at = `${pointer}/${pointerSegment(key)}`;
    if (part !== undefined) explainSchema(part, fields[key], at, faults);
    else faults.add(at, `is not a known field, expected ${keyExpectation(schema)}`);
  }
}

function propertySchema(schema: ExplainedSchema, key: string): ExplainedSchema | undefined {
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) {
    return schema.properties[key];
  }
  const patterns = Object.entries(schema.patternProperties ?? {});
  return patterns.find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1];
}

function keyExpectation(schema: ExplainedSchema): string {
  const names = Object.keys(schema.properties ?? {});
  if (names.length > 0) return `one of ${names.join(', ')}`;
  return `keys like ${Object.keys(schema.patternProperties ?? {}).join(' or ')}`;
}

function explainArray(
  schema: ExplainedSchema,
  value: unknown,
  pointer: string,
  faults: FaultList,
): void {
  if (!Array.isArray(value)) {
    addMismatch(schema, value, pointer, faults);
    return;
  }
  const { items } = schema;
  const isTuple = Array.isArray(items);
  const most = isTuple ? items.length : (schema.maxItems ?? Number.POSITIVE_INFINITY);
  const least = isTuple ? items.length : (schema.minItems ?? 0);
  if (value.length < least || value.length > most) {
    addMismatch(schema, value, pointer, faults);
    return;
  }
  value.forEach((item, index) => {
    const part = isTuple ? items[index] : (items as ExplainedSchema | undefined);
    if (part !== undefined) explainSchema(part, item, `${pointer}/${index}`, faults);
  });
}

function fitsScalar(schema: ExplainedSchema, value: unknown): boolean {
  if (schema.const !== undefined) return value === schema.const;
  switch (schema.type) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string' && fitsText(schema, value);
    case 'integer':
      return Number.isInteger(value) && fitsRange(schema, value as number);
    case 'number':
      return Number.isFinite(value) && fitsRange(schema, value as number);
    default:
      return schema.type === undefined;
  }
}

function fitsText(schema: ExplainedSchema, text: string): boolean {
  if (text.length < (schema.minLength ?? 0)) return false;
  if (text.length > (schema.maxLength ?? Number.POSITIVE_INFINITY)) return false;
  return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text);
}

function fitsRange(schema: ExplainedSchema, value: number): boolean {
  if (schema.minimum !== undefined && value < schema.minimum) return false;
  if (schema.maximum !== undefined && value > schema.maximum) return false;
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) return false;
  return schema.exclusiveMaximum === undefined || value < schema.exclusiveMaximum;
}

/** What a schema wants, as the end of the sentence "expected …". */
export function expectation(schema: ExplainedSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(expectation).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  switch (schema.type) {
    case 'object':
      return 'an object';
    case 'array':
      return arrayExpectation(schema);
    case 'string':
      return textExpectation(schema);
    case 'integer':
      return `a whole number${rangeExpectation(schema)}`;
    case 'number':
      return `a number${rangeExpectation(schema)}`;
    case 'boolean':
      return 'true or false';
    default:
      return schema.type ?? 'anything';
  }
}

function arrayExpectation(schema: ExplainedSchema): string {
  if (Array.isArray(schema.items)) {
    return `an array [${schema.items.map((item) => expectation(item)).join(', ')}]`;
  }
  const { minItems, maxItems } = schema;
  if (minItems === undefined && maxItems === undefined) return 'an array';
  if (maxItems === undefined) return `an array of ${minItems} items or more`;
  return `an array of ${minItems ?? 0} to ${maxItems} items`;
}

function textExpectation(schema: ExplainedSchema): string {
  const parts = [schema.description ?? 'text'];
  if (schema.pattern !== undefined) parts.push(`like ${schema.pattern}`);
  if (schema.maxLength !== undefined) {
    parts.push(`of ${schema.minLength ?? 0} to ${schema.maxLength} characters`);
  }
  return parts.join(' ');
}

function rangeExpectation(schema: ExplainedSchema): string {
  const parts: string[] = [];
  if (schema.minimum !== undefined) parts.push(`at least ${schema.minimum}`);
  if (schema.exclusiveMinimum !== undefined) parts.push(`above ${schema.exclusiveMinimum}`);
  if (schema.maximum !== undefined) parts.push(`at most ${schema.maximum}`);
  if (schema.exclusiveMaximum !== undefined) parts.push(`below ${schema.exclusiveMaximum}`);
  return parts.length === 0 ? '' : `, ${parts.join(' and ')}`;
}
