/** Every migration, in order. Names are never reused; a released one is never edited. */
import type { Migration } from 'kysely/migration';
import * as networkAndKeys from './0001-network-and-keys.ts';
import * as stock from './0002-stock.ts';
import * as orders from './0003-orders.ts';
import * as shipments from './0004-shipments.ts';
import * as journal from './0005-journal.ts';
import * as rowLevelSecurity from './0006-row-level-security.ts';
import * as cheapAnalyze from './0007-cheap-analyze.ts';
import * as oneIndexForLots from './0008-one-index-for-lots.ts';
import * as whatLeft from './0009-what-left.ts';
import * as quoteViews from './0010-quote-views.ts';
import * as excludedStock from './0011-excluded-stock.ts';
import * as orderRules from './0012-order-rules.ts';
import * as prices from './0013-prices.ts';
import * as controlTower from './0014-control-tower.ts';
import * as learnedTransit from './0015-learned-transit.ts';
import * as routes from './0016-routes.ts';
import * as capacityPrices from './0017-capacity-prices.ts';
import * as carrierShares from './0018-carrier-shares.ts';
import * as forgottenPrices from './0019-forgotten-prices.ts';
import * as jsonAsWritten from './0020-json-as-written.ts';
import * as policies from './0021-policies.ts';
import * as redecide from './0022-redecide.ts';
import * as roomForUpdates from './0023-room-for-updates.ts';
import * as movedParcels from './0024-moved-parcels.ts';
import * as learnAnew from './0025-learn-anew.ts';
import * as learnLevelFree from './0026-learn-level-free.ts';
import * as followedPrices from './0027-followed-prices.ts';
import * as pricesThatKnow from './0028-prices-that-know.ts';

export const MIGRATIONS: Record<string, Migration> = {
  '0001-network-and-keys': networkAndKeys,
  '0002-stock': stock,
  '0003-orders': orders,
  '0004-shipments': shipments,
  '0005-journal': journal,
  '0006-row-level-security': rowLevelSecurity,
  '0007-cheap-analyze': cheapAnalyze,
  '0008-one-index-for-lots': oneIndexForLots,
  '0009-what-left': whatLeft,
  '0010-quote-views': quoteViews,
  '0011-excluded-stock': excludedStock,
  '0012-order-rules': orderRules,
  '0013-prices': prices,
  '0014-control-tower': controlTower,
  '0015-learned-transit': learnedTransit,
  '0016-routes': routes,
  '0017-capacity-prices': capacityPrices,
  '0018-carrier-shares': carrierShares,
  '0019-forgotten-prices': forgottenPrices,
  '0020-json-as-written': jsonAsWritten,
  '0021-policies': policies,
  '0022-redecide': redecide,
  '0023-room-for-updates': roomForUpdates,
  '0024-moved-parcels': movedParcels,
  '0025-learn-anew': learnAnew,
  '0026-learn-level-free': learnLevelFree,
  '0027-followed-prices': followedPrices,
  '0028-prices-that-know': pricesThatKnow,
};
