/**
 * The journal's vocabulary: every event type with the entity it belongs to and one line on when it
 * is written. Workers map each of these to the steps it rings; webhooks and the live stream name
 * events by them.
 *
 * One event per version: a change of an order or shipment raises its version by one and writes one
 * event. What changes at once is one change (a parcel first heard of as delivered goes straight
 * there: one event); a milestone's own fate is one event per milestone, each with its own version.
 * Events of orders and shipments carry `state`, the state after the event.
 */
export const EVENTS = {
  'order.accepted': { entity: 'order', tells: 'An order was stored; it wants a decision.' },
  'order.decided': { entity: 'order', tells: 'Shipments were planned and the promise stands.' },
  'order.backordered': { entity: 'order', tells: 'No stock anywhere; it waits for a receipt.' },
  'order.unfillable': { entity: 'order', tells: 'No decision is possible; an operator must act.' },
  'order.redecided': {
    entity: 'order',
    tells:
      'Other shipments took the place of its own before a carrier had them; the promise stands.',
  },
  'order.reopened': { entity: 'order', tells: 'Units have no shipment (any more): decide again.' },
  'order.promise_moved': {
    entity: 'order',
    tells: 'Delivery is now expected later; the promise as sold stays.',
  },
  'order.promise_breached': {
    entity: 'order',
    tells: 'A shipment of it missed its promised delivery; told once per order.',
  },
  'order.shipped': { entity: 'order', tells: 'All its units have left.' },
  'order.delivered': { entity: 'order', tells: 'All its shipments are delivered.' },
  'order.failed': { entity: 'order', tells: 'All has ended and something was lost or returned.' },
  'order.cancelled': { entity: 'order', tells: 'It was cancelled; what it held is free again.' },

  'shipment.planned': {
    entity: 'shipment',
    tells: 'Placed with a warehouse, offered to a carrier.',
  },
  'shipment.rejected': {
    entity: 'shipment',
    tells: 'The carrier said no: offer to the next best.',
  },
  'shipment.offered': { entity: 'shipment', tells: 'Offered to the next best carrier.' },
  'shipment.released': { entity: 'shipment', tells: 'A carrier took it: the warehouse may start.' },
  'shipment.picked': { entity: 'shipment', tells: 'Its units are off the shelf.' },
  'shipment.short_picked': {
    entity: 'shipment',
    tells: 'Units were not found; it goes on smaller.',
  },
  'shipment.packed': { entity: 'shipment', tells: 'It is packed.' },
  'shipment.handed_over': {
    entity: 'shipment',
    tells: 'It left the warehouse; its units are gone.',
  },
  'shipment.in_transit': { entity: 'shipment', tells: 'It moves through the carrier’s network.' },
  'shipment.out_for_delivery': { entity: 'shipment', tells: 'It is on the last van.' },
  'shipment.delivered': { entity: 'shipment', tells: 'It was handed to the buyer.' },
  'shipment.returned': { entity: 'shipment', tells: 'It came back to the sender.' },
  'shipment.lost': { entity: 'shipment', tells: 'The carrier or an operator declares it lost.' },
  'shipment.cancelled': { entity: 'shipment', tells: 'It ended before it left.' },
  'shipment.tracked': {
    entity: 'shipment',
    tells: 'Something was learned of it (a delay, a failed attempt, a better time); same state.',
  },
  'shipment.repriced': {
    entity: 'shipment',
    tells: 'A disruption on its route, or its end, changed when it is expected.',
  },
  'milestone.at_risk': { entity: 'shipment', tells: 'A deadline is near and not met.' },
  'milestone.breached': { entity: 'shipment', tells: 'A deadline passed unmet; found once.' },

  'inbound.announced': { entity: 'notice', tells: 'Units are on their way to a warehouse.' },
  'inbound.received': { entity: 'notice', tells: 'Units of a notice were counted in; it is open.' },
  'inbound.closed': { entity: 'notice', tells: 'Nothing more will come for the notice.' },
  'stock.received': { entity: 'receipt', tells: 'A receipt was counted in.' },
  'stock.adjusted': { entity: 'adjustment', tells: 'Counted stock was corrected.' },

  'network.applied': { entity: 'network', tells: 'A new version of the network is in force.' },
  'disruption.opened': {
    entity: 'disruption',
    tells: 'A hub is closed, or a leg does not run or runs late.',
  },
  'disruption.lifted': { entity: 'disruption', tells: 'It is over; all goes as planned again.' },
  'policy.created': { entity: 'policy', tells: 'A version of a policy was made; it is a draft.' },
  'policy.moved': {
    entity: 'policy',
    tells: 'It went on in its life: into shadow, to a share of the orders, live, retired.',
  },
  'key.created': { entity: 'key', tells: 'An API key was made for a party.' },
  'key.revoked': { entity: 'key', tells: 'An API key was withdrawn for good.' },

  'exception.resolved': {
    entity: 'exception',
    tells: 'An operator resolved an exception, or what it told of is over.',
  },
} as const satisfies Record<string, { entity: string; tells: string }>;

/** The type of a journal event. */
export type EventType = keyof typeof EVENTS;

/** The kinds of thing that the journal numbers versions of. */
export type EventEntity = (typeof EVENTS)[EventType]['entity'];
