/** Answering: one carrier holds a shipment, and the warehouse sees work only when one does. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { tenderShipments } from '../../src/fulfillment/tender-shipments.ts';
import { anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { assignments, decided, shipments, story, theShipment } from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.stock({ quantity: 50 });
});
afterEach(async () => {
  await harness.close();
});

type Answers = Parameters<typeof answerAssignments>[2];

async function theOffer() {
  const [offer] = await assignments(harness);
  const { assignment_id, fencing_token, carrier_id } = offer!;
  return { carrier_id, row: { assignment_id, fencing_token } };
}
const answer = (carrier_id: string, ...answers: Answers) =>
  answerAssignments(harness.engine, carrier_id, answers, 'request');

describe('answering assignments', () => {
  test('releases the shipment to its warehouse when the carrier accepts', async () => {
    await decided(harness);
    const { carrier_id, row } = await theOffer();
    expect((await theShipment(harness)).released_seq).toBeNull();

    const results = await answer(carrier_id, { ...row, answer: 'accept' });

    expect(results).toEqual([
      { status: 'applied', assignment_id: row.assignment_id, state: 'accepted' },
    ]);
    const shipment = await theShipment(harness);
    expect(shipment).toMatchObject({ state: 'released', version: 2, released_seq: 1 });
    expect(shipment.milestone_state[0]).toBe('met');
    expect(await story(harness, shipment.shipment_id)).toEqual([
      'shipment.planned',
      'shipment.released',
    ]);
  });

  test('gives the same answer the same result, and takes no other one after it', async () => {
    await decided(harness);
    const { carrier_id, row } = await theOffer();
    await answer(carrier_id, { ...row, answer: 'accept' });

    const results = await answer(
      carrier_id,
      { ...row, answer: 'accept' },
      { ...row, answer: 'reject', reason: 'price' },
    );

    expect(results).toMatchObject([
      { status: 'duplicate', state: 'accepted' },
      { status: 'refused', code: 'stale_lease' },
    ]);
    expect((await theShipment(harness)).version).toBe(2);
  });

  test('refuses an older fencing token and an ended lease', async () => {
    await decided(harness);
    const { carrier_id, row } = await theOffer();

    const stale = await answer(carrier_id, { ...row, fencing_token: 9, answer: 'accept' });
    harness.clock.advance(600);
    const late = await answer(carrier_id, { ...row, answer: 'accept' });

    expect(stale).toMatchObject([{ status: 'refused', code: 'stale_lease' }]);
    expect(late).toMatchObject([{ status: 'refused', code: 'stale_lease' }]);
    expect((await theShipment(harness)).state).toBe('planned');
  });

  test('tells another carrier nothing, not even that the assignment exists', async () => {
    await decided(harness);
    const { carrier_id, row } = await theOffer();
    const other = carrier_id === 'frost' ? 'swift' : 'frost';

    const results = await answer(
      other,
      { ...row, answer: 'accept' },
      { ...row, assignment_id: '01900000-0000-7000-8000-00000000dead', answer: 'accept' },
      { ...row, assignment_id: 'nonsense', answer: 'accept' },
    );

    expect(results.map((r) => r.status === 'refused' && r.code)).toEqual(
      Array(3).fill('not_found'),
    );
  });

  test('takes good rows of a batch beside bad ones, each in its place', async () => {
    await decided(harness, anOrder(), anOrder(), anOrder());
    const offers = await assignments(harness);
    const carrier_id = offers[0]!.carrier_id;
    const rows = offers.map(({ assignment_id, fencing_token }) => ({
      assignment_id,
      fencing_token,
    }));

    const results = await answer(
      carrier_id,
      { ...rows[0]!, answer: 'accept' },
      { ...rows[1]!, fencing_token: 7, answer: 'accept' },
      { ...rows[2]!, answer: 'reject', reason: 'no_capacity' },
      { ...rows[0]!, answer: 'accept' },
    );

    expect(results.map((r) => r.status)).toEqual(['applied', 'refused', 'applied', 'duplicate']);
    const states = (await shipments(harness)).map((s) => s.state).sort();
    expect(states).toEqual(['planned', 'planned', 'released']);
  });

  test('lets k copies of an accept have one effect', async () => {
    await decided(harness);
    const { carrier_id, row } = await theOffer();

    const copies = Array.from({ length: 8 }, () =>
      answer(carrier_id, { ...row, answer: 'accept' }),
    );
    const results = (await Promise.all(copies)).flat();

    expect(results.filter((r) => r.status === 'applied')).toHaveLength(1);
    expect(results.filter((r) => r.status === 'duplicate')).toHaveLength(7);
    expect((await theShipment(harness)).version).toBe(2);
  });

  test('lets exactly one of an accept and the lease’s end win', async () => {
    await decided(harness, ...Array.from({ length: 12 }, () => anOrder()));
    const offers = await assignments(harness);
    const moments = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 599 : 600));
    const engines = moments.map((seconds) => ({
      ...harness.engine,
      clock: { ...harness.clock, now: () => harness.clock.now().add({ seconds }) },
    }));

    const answers = offers.map(({ assignment_id, fencing_token, carrier_id }, i) =>
      answerAssignments(
        engines[i]!,
        carrier_id,
        [{ assignment_id, fencing_token, answer: 'accept' }],
        'request',
      ),
    );
    const late = {
      ...harness.engine,
      clock: { ...harness.clock, now: () => harness.clock.now().add({ seconds: 600 }) },
    };
    await Promise.all([...answers, tenderShipments(late), tenderShipments(late)]);

    for (const [i, result] of (await Promise.all(answers)).flat().entries()) {
      const first = (await assignments(harness, offers[i]!.shipment_id))[0]!;
      const won = result.status === 'applied';
      expect(first.state).toBe(won ? 'accepted' : 'expired');
      if (moments[i] === 600) expect(won).toBe(false);
    }
  });
});
