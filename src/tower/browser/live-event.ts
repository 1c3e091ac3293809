/** An event of the journal, as far as the page looks at it. */
export interface LiveEvent {
  readonly seq: number;
  readonly entity: string;
  readonly entity_id: string;
  readonly type: string;
  readonly at: string;
  readonly order_id: string | null;
  readonly warehouse_id: string | null;
  readonly carrier_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}
