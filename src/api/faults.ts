/** Validation errors in words: which field, what was got, what was expected. */
import type { FastifySchemaValidationError } from 'fastify';
import { type Fault, Refusal } from '../domain/errors.ts';

/** More faults than this are not listed: nobody reads them. */
const MAX_FAULTS = 20;
const MAX_SHOWN_CHARACTERS = 60;

/** What Ajv reports when it is asked to be verbose. */
type AjvError = FastifySchemaValidationError & {
  readonly data?: unknown;
  readonly parentSchema?: {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
  };
};

/** Turns validation errors of one part of a request into a refusal. */
export function refuseInvalid(
  errors: readonly FastifySchemaValidationError[],
  part: string,
): Refusal {
  const faults = faultsFrom(errors, part === 'body' ? '' : part);
  const where = faults[0]!.pointer === '' ? 'the body' : faults[0]!.pointer;
  return new Refusal('invalid_request', `${where}: ${faults[0]!.detail}`, faults);
}

/**
 * Validation errors as faults. In the body a fault's pointer is a JSON pointer; for `params` and
 * `querystring` it is the name of the parameter.
 */
export function faultsFrom(
  errors: readonly FastifySchemaValidationError[],
  part = '',
): [Fault, ...Fault[]] {
  // Keyed by text: a value that breaks two rules with one explanation is one fault.
  const faults = new Map<string, Fault>();
  for (const error of errors) {
    const path = pointerOf(error as AjvError);
    const pointer = part === '' ? path : path.slice(1);
    const detail = detailOf(error as AjvError);
    faults.set(`${pointer} ${detail}`, { pointer, detail });
    if (faults.size === MAX_FAULTS) break;
  }
  return [...faults.values()] as [Fault, ...Fault[]];
}

function pointerOf({ instancePath, keyword, params }: AjvError): string {
  if (keyword === 'required') return `${instancePath}/${escapePointer(params.missingProperty)}`;
  if (keyword === 'additionalProperties') {
    return `${instancePath}/${escapePointer(params.additionalProperty)}`;
  }
  return instancePath;
}

function escapePointer(name: unknown): string {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100);
}

function detailOf(error: AjvError): string {
  if (error.keyword === 'required') return 'got nothing, expected a value';
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys(error.parentSchema?.properties ?? {});
    return `got an unknown field, expected ${known.length === 0 ? 'none' : known.join(', ')}`;
  }
  return `got ${shown(error.data)}, expected ${expectation(error)}`;
}

function expectation({ keyword, params, parentSchema, message }: AjvError): string {
  switch (keyword) {
    case 'type':
      return String(params.type);
    case 'enum':
      return `one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `a number ${String(params.comparison)} ${String(params.limit)}`;
    case 'minItems':
      return `at least ${String(params.limit)} items`;
    case 'maxItems':
      return `at most ${String(params.limit)} items`;
    case 'minLength':
      return `at least ${String(params.limit)} characters`;
    case 'maxLength':
      return `at most ${String(params.limit)} characters`;
    case 'pattern':
    case 'format':
      return (
        parentSchema?.description ?? `text that fits ${String(params.pattern ?? params.format)}`
      );
    default:
      return message ?? keyword;
  }
}

/** A value as the caller wrote it, shortened. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
