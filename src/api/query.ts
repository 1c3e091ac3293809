/** Query parameters are text; those that their schema calls integers are read as such. */
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';

type Hook = (request: FastifyRequest, reply: unknown, done: () => void) => void;

const INTEGER = /^-?[0-9]{1,15}$/;

/** A hook that turns integer parameters into numbers, before they are validated. */
export function coerceQuery(query: TSchema | undefined): Hook[] {
  const { properties = {} } = (query ?? {}) as {
    properties?: Readonly<Record<string, { type?: unknown }>>;
  };
  const names = Object.keys(properties).filter((name) => properties[name]?.type === 'integer');
  if (names.length === 0) return [];
  return [
    (request, _reply, done) => {
      const values = request.query as Record<string, unknown>;
      for (const name of names) {
        const text = values[name];
        if (typeof text === 'string' && INTEGER.test(text)) values[name] = Number(text);
      }
      done();
    },
  ];
}
