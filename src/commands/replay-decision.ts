/** `portolan replay-decision`: makes a stored decision again and says whether the same comes out. */
import { EVERY_PARTY } from '../fulfillment/create-key.ts';
import { explainDecision } from '../fulfillment/explain-decision.ts';
import { type Command, Trouble, UsageError } from './command.ts';
import { withEngine } from './one-shot.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const replayDecision: Command = {
  parameters: 'ORDER_ID',
  summary: 'make a stored decision again, from what it saw',
  help: `Rebuilds the stock, capacity, network version and prices that the newest decision of the
order saw, decides again with the work budget of then, and prints what came out as one line of JSON.
"replayed" is true when it is the stored result bit for bit, false when it is not (exit code 1), and
null when there is nothing to decide again: the race for the stock was lost, or the plan was sold as
a quote of which nothing was kept.

  portolan replay-decision 01912d68-783e-7a03-8467-5661c1243ad4`,
  run: async (parameters, config) => {
    const [order_id, ...more] = parameters;
    if (order_id === undefined || more.length > 0) throw new UsageError('name one order by its id');
    if (!UUID.test(order_id)) throw new UsageError(`got ${order_id}, expected the id of an order`);
    return await withEngine(config, 'replay-decision', async (engine) => {
      const who = { role: 'operator', party_id: EVERY_PARTY };
      const decision = await explainDecision(engine, who, order_id);
      if (decision === null) throw new Trouble(`there is no decision of an order ${order_id}`);
      process.stdout.write(`${JSON.stringify(decision)}\n`);
      return decision.replayed === false ? 1 : 0;
    });
  },
};
