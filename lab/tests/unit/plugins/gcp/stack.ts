import {
  type CheckFailure,
  type Context,
  type DiffResult,
  type PropertyMap,
  plain,
  type ResourceHandler,
} from "../../../../plugins/framework";
import { gcpPlugin } from "../../../../plugins/gcp/plugin";

/** A resource as the engine's state has it. */
export interface Saved {
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
}

/** Does with the plugin what the engine does, one resource at a time. */
export class Stack {
  private constructor(private readonly handlers: readonly ResourceHandler[]) {}

  static async open(url: string, config: PropertyMap = {}): Promise<Stack> {
    const plugin = gcpPlugin();
    await plugin.configure({
      project: "p1",
      region: "us-west1",
      zone: "us-west1-c",
      accessToken: "/dev/null/lab",
      addPulumiAttributionLabel: "false",
      computeCustomEndpoint: `${url}/compute/v1/`,
      iamBetaCustomEndpoint: `${url}/iam/v1/`,
      ...config,
    });
    return new Stack(plugin.resources);
  }

  async check(type: string, news: PropertyMap): Promise<PropertyMap> {
    const urn = urnOf(type);
    const checked = await this.handler(type).check({ urn, olds: {}, news, randomSeed: new Uint8Array(4) });
    const failures: readonly CheckFailure[] = checked.failures;
    if (failures.length > 0) throw new Error(failures.map((failure) => failure.reason).join("\n"));
    return checked.inputs;
  }

  async create(type: string, program: PropertyMap, preview = false, signal?: AbortSignal): Promise<Saved> {
    const inputs = await this.check(type, program);
    const made = await this.handler(type).create({ news: inputs }, context(type, preview, signal));
    return { ...made, inputs };
  }

  async diff(type: string, saved: Saved, program: PropertyMap): Promise<DiffResult> {
    const news = await this.check(type, program);
    const { id, inputs, outputs } = saved;
    return this.handler(type).diff({ urn: urnOf(type), id, oldInputs: inputs, olds: outputs, news });
  }

  /** @throws Error when the change would replace the resource */
  async update(type: string, saved: Saved, program: PropertyMap): Promise<Saved> {
    const difference = await this.diff(type, saved, program);
    if (difference.replaces.length > 0) throw new Error(`replaces: ${difference.replaces}`);
    const inputs = await this.check(type, program);
    const { id, inputs: oldInputs, outputs: olds } = saved;
    const change = { id, oldInputs, olds, news: inputs };
    const { outputs } = await this.handler(type).update(change, context(type, false));
    return { id, inputs, outputs };
  }

  async refresh(type: string, { id, inputs, outputs }: Saved): Promise<Saved | undefined> {
    return this.handler(type).read?.({ id, inputs, olds: outputs }, context(type, false));
  }

  delete(type: string, { id, inputs, outputs }: Saved): Promise<void> {
    return this.handler(type).delete({ id, oldInputs: inputs, olds: outputs }, context(type, false));
  }

  private handler(type: string): ResourceHandler {
    const handler = this.handlers.find((candidate) => candidate.type === type);
    if (!handler) throw new Error(`no ${type}`);
    return handler;
  }
}

/** The values without secret marks. */
export const bare = (map: PropertyMap) => plain<Record<string, unknown>>(map);

function urnOf(type: string): string {
  return `urn:pulumi:lab::etcd::${type}::r`;
}

function context(type: string, preview: boolean, signal = new AbortController().signal): Context {
  return { urn: urnOf(type), preview, timeoutSeconds: 10, signal, log: () => undefined };
}
