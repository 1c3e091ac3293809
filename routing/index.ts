/**
 * The decision library: pure functions over typed arrays, usable alone (`portolan/routing`).
 *
 *   const network = compileNetwork(document, { from_seconds });      // once per network version and day
 *   const board = openBoard(network, stock, capacity);               // live stock and capacity of a batch
 *   const result = source(network, board, order, { work: 2_000_000 }); // one joint decision
 *   if (result.outcome === 'sourced') board.take(result);            // the next order sees it taken
 */
export * from './types.ts';
