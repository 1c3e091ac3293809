/** The libraries that the page's head has loaded as scripts, with their types. */
import type * as D3Geo from 'd3-geo';
import type * as Topojson from 'topojson-client';
import type UPlot from 'uplot';

const loaded = globalThis as unknown as {
  readonly d3: typeof D3Geo;
  readonly topojson: typeof Topojson;
  readonly uPlot: typeof UPlot;
};

/** Projections and paths (d3-geo). */
export const d3 = loaded.d3;
/** Outlines out of their compressed form (topojson-client). */
export const topojson = loaded.topojson;
/** Charts of time series (uPlot). */
export const uPlot = loaded.uPlot;
