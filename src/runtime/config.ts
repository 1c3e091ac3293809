/** The only reader of the environment (to be completed). */
export interface Config {
  readonly database_url: string | undefined;
  readonly redis_url: string | undefined;
}
