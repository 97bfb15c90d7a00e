import { z } from "zod";
import { readEvent } from "./engineEvents";
import type { Step } from "./path";

const Deployment = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({ urn: z.string(), custom: z.boolean(), dependencies: z.array(z.string()).default([]) }),
    ),
  }),
});

/** How long each resource of an `up` took, by the event lines of `pulumi up --json`. */
export class ResourceTimes {
  private readonly begun = new Map<string, number>();
  private readonly tookMs = new Map<string, number>();

  /** Takes one line; what is no event is passed over. */
  take(line: string, atMs: number): void {
    const event = readEvent(line);
    const [begins, ends] = [event?.resourcePreEvent, event?.resOutputsEvent];
    if (begins) this.begun.set(begins.metadata.urn, atMs);
    const from = ends && this.begun.get(ends.metadata.urn);
    if (ends && from !== undefined) this.tookMs.set(ends.metadata.urn, atMs - from);
  }

  /** With what each waits for, from `pulumi stack export`. A component is as long as what is in it: no step. */
  steps(stackExport: string): Step[] {
    const name = (urn: string) => urn.split("::").at(-1) ?? urn;
    const { resources } = Deployment.parse(JSON.parse(stackExport)).deployment;
    const made = resources.filter(({ urn, custom }) => custom && this.tookMs.has(urn));
    return made.map(({ urn, dependencies }) => ({
      name: name(urn),
      after: dependencies.map(name),
      durationMs: this.tookMs.get(urn) ?? 0,
    }));
  }
}
