/** Ids as an argument: UUIDv7 (RFC 9562 §5.7), ordered by the clock that made them. */
import { randomBytes, randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Makes a new id. Ids of one source ascend, also within a millisecond. */
export type NewId = () => string;

/** A secret of 192 random bits in URL-safe text, for passwords and folder names that must be new. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A source of UUIDv7 ids on `clock`: 48 bits of milliseconds, a 12-bit counter that ascends within
 * a millisecond (method 1 of RFC 9562 §6.2), 62 random bits.
 */
export function idSource(clock: Clock): NewId {
  const pool = Buffer.alloc(8 * 512);
  let offset = pool.length;
  let lastMilliseconds = -1;
  let counter = 0;
  return () => {
    if (offset === pool.length) {
      randomFillSync(pool);
      offset = 0;
    }
    let milliseconds = clock.milliseconds();
    if (milliseconds > lastMilliseconds) counter = pool[offset]! & 0x7f;
    else {
      milliseconds = lastMilliseconds;
      counter += 1;
      if (counter > 0xfff) {
        milliseconds += 1;
        counter = 0;
      }
    }
    lastMilliseconds = milliseconds;
    const id = formatId(milliseconds, counter, pool, offset);
    offset += 8;
    return id;
  };
}

function formatId(milliseconds: number, counter: number, random: Buffer, at: number): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  const high = (0x7000 | counter).toString(16);
  const byte = (index: number) => HEX[random[at + index]!]!;
  const variant = HEX[0x80 | (random[at]! & 0x3f)]!;
  return (
    `${time.slice(0, 8)}-${time.slice(8)}-${high}-${variant}${byte(1)}-` +
    `${byte(2)}${byte(3)}${byte(4)}${byte(5)}${byte(6)}${byte(7)}`
  );
}
