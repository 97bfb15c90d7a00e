import { z } from "zod";
import { COMMAND_TYPE, parseCommandName } from "../../core/node/phases";
import { type Mark, VMS } from "./phases";

const Step = z.object({ metadata: z.object({ urn: z.string(), type: z.string() }) });

/** The engine's events, as far as they tell what begins, ends and goes wrong. */
const Event = z.object({
  resourcePreEvent: Step.optional(),
  resOutputsEvent: Step.optional(),
  diagnosticEvent: z
    .object({ urn: z.string().optional(), message: z.string(), severity: z.string() })
    .optional(),
});

type Event = z.infer<typeof Event>;

const INSTANCE_TYPE = "gcp:compute/instance:Instance";

/** The node's scripts begin each line that they log with this. */
const NODE_WORDS = "etcd-node:";

/** The time from the first dial of a node to the first line that it logs. */
const REACH = "reach";

/**
 * Turns the event lines of `pulumi up --json` into marks. The engine's own time stamps are whole seconds, so
 * each line is given with the time at which it came.
 */
export class EngineEvents {
  readonly marks: Mark[] = [];
  readonly errors: string[] = [];
  private readonly silent = new Set<string>();

  /** Takes one line; what is no event is passed over. */
  take(line: string, atMs: number): void {
    const event = readEvent(line);
    if (!event) return;
    if (event.resourcePreEvent) this.begin(event.resourcePreEvent.metadata, atMs);
    if (event.resOutputsEvent) this.end(event.resOutputsEvent.metadata, atMs);
    if (event.diagnosticEvent) this.say(event.diagnosticEvent, atMs);
  }

  private begin(resource: { urn: string; type: string }, atMs: number): void {
    const phase = phaseOf(resource);
    if (!phase) return;
    this.marks.push({ phase, edge: "begin", atMs });
    if (phase !== "install") return;
    this.marks.push({ phase: REACH, edge: "begin", atMs });
    this.silent.add(resource.urn);
  }

  private end(resource: { urn: string; type: string }, atMs: number): void {
    const phase = phaseOf(resource);
    if (!phase) return;
    this.firstWord(resource.urn, atMs);
    this.marks.push({ phase, edge: "end", atMs });
  }

  private say(said: NonNullable<Event["diagnosticEvent"]>, atMs: number): void {
    if (said.severity === "error") this.errors.push(said.message.trim());
    if (said.urn && said.message.includes(NODE_WORDS)) this.firstWord(said.urn, atMs);
  }

  private firstWord(urn: string, atMs: number): void {
    if (this.silent.delete(urn)) this.marks.push({ phase: REACH, edge: "end", atMs });
  }
}

function phaseOf({ urn, type }: { urn: string; type: string }): string | undefined {
  if (type === INSTANCE_TYPE) return VMS;
  return type === COMMAND_TYPE ? parseCommandName(urn.split("::").at(-1) ?? "")?.phase : undefined;
}

/** An event of a line that `pulumi up --json` prints; nothing of another line. */
export function readEvent(line: string): Event | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return Event.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
