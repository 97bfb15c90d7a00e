/** One `lab` command. */
export interface Command {
  readonly name: string;
  /** Arguments as help shows them, for example `CONTROLLER [COMMAND…]`. */
  readonly usage: string;
  /** One line for help. */
  readonly summary: string;
  /** Runs it and returns the exit status. */
  run(args: readonly string[]): Promise<number>;
}
