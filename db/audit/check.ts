/** What a check of the auditor is. */
import type { RawBuilder } from 'kysely';

/** One invariant as one query. */
export interface AuditCheck {
  /** Stable name, printed with every finding. */
  readonly invariant: string;
  /** What holds, as a sentence. */
  readonly promise: string;
  /** Returns one row for each place where it does not hold. */
  readonly find: RawBuilder<{ detail: string }>;
}
