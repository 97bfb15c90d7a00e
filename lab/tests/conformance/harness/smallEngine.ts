import { OperationFailed } from "./call";
import type { Declared } from "./gcpProgram";
import type { Provider, Resource } from "./provider";

/** A resource in the state of a stack. */
interface Kept extends Resource {
  readonly type: string;
  /** Its last operation failed after something was there: the next `up` updates it, changed or not. */
  readonly unfinished: boolean;
}

/** Does with a plugin what the engine does in `up`, `refresh` and `destroy`, one resource at a time. */
export class SmallEngine {
  private readonly state = new Map<string, Kept>();

  constructor(private readonly provider: Provider) {}

  /** Ends at the first failure, as the engine does for what comes after it. True when there was none. */
  async up(program: Declared[]): Promise<boolean> {
    for (const [name, type, inputs] of program) {
      const { inputs: checked, failures } = await this.provider.check(type, inputs, name);
      if (failures.length > 0) throw new Error(`${name}: ${JSON.stringify(failures)}`);
      if (!(await this.step(name, type, checked))) return false;
    }
    return true;
  }

  async refresh(): Promise<void> {
    for (const [name, kept] of this.state) {
      const live = await this.provider.read(kept.type, kept);
      if (live) this.state.set(name, { ...kept, ...live, unfinished: false });
      else this.state.delete(name);
    }
  }

  async destroy(): Promise<void> {
    for (const name of [...this.state.keys()].reverse()) await this.delete(name);
  }

  private async step(name: string, type: string, inputs: Resource["inputs"]): Promise<boolean> {
    const old = this.state.get(name);
    if (!old) return this.attempt(name, type, inputs, () => this.provider.create(type, inputs, { name }));
    const difference = await this.provider.diff(type, old, inputs);
    if (difference.replaces.length > 0) {
      await this.delete(name);
      return this.step(name, type, inputs);
    }
    if (difference.changes === "NONE" && !old.unfinished) return true;
    return this.attempt(name, type, inputs, () => this.provider.update(type, old, inputs));
  }

  private async attempt(
    name: string,
    type: string,
    inputs: Resource["inputs"],
    run: () => Promise<Resource>,
  ): Promise<boolean> {
    try {
      this.state.set(name, { ...(await run()), type, unfinished: false });
      return true;
    } catch (error) {
      if (!(error instanceof OperationFailed)) throw error;
      if (error.partial) this.state.set(name, { ...error.partial, inputs, type, unfinished: true });
      return false;
    }
  }

  private async delete(name: string): Promise<void> {
    const kept = this.state.get(name);
    if (!kept) return;
    await this.provider.delete(kept.type, kept);
    this.state.delete(name);
  }
}
