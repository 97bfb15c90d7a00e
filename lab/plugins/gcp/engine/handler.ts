import { type Context, type DiffResult, NO_DIFF, PartialError, type ResourceHandler } from "../../framework";
import type { ProviderConfig } from "../config";
import type { Changes, Props } from "../schema/types";
import { checkInputs } from "./check";
import { diffFields } from "./diff";
import { inputsFromState } from "./inputs";
import { planLabels } from "./labels";
import { formatId, parseId, providerSetting, type Resource, type Work } from "./operations";
import { plan, settle } from "./plan";
import { markSecrets, stripSecrets } from "./secrets";

const DEFAULT_TIMEOUT_SECONDS = 20 * 60;

/** Everything but the signal, which belongs to one call. */
export type Provider = Omit<Work, "signal">;

/** Serves one resource type: the schema decides check, diff and plan; the operations do the work. */
export function createHandler(resource: Resource, provider: () => Provider): ResourceHandler {
  const { schema, operations } = resource;

  const planFor = (inputs: Props, olds?: Props): Props => {
    const { config } = provider();
    const planned = plan(schema.fields, withProviderSettings(resource, inputs, config), olds);
    if (schema.labels) planLabels(planned, olds, config);
    return { ...planned, ...schema.derive?.(planned) };
  };

  const diffOf = (olds: Props, news: Props): Changes => {
    const { config } = provider();
    const changes = diffFields(schema.fields, olds, withSettingsKnownTo(resource, news, olds, config));
    if (schema.labels) Object.assign(changes, diffLabels(resource, planFor(news, olds), olds));
    return changes;
  };

  const readState = async (work: Work, id: string, known: Props): Promise<Props | undefined> => {
    const live = await operations.read(work, id, known);
    return live && { ...unseen(resource, known), ...live, id };
  };

  return {
    type: schema.type,

    async check({ urn, olds, news, randomSeed }) {
      const { props, secrets } = stripSecrets(news);
      const checked = checkInputs(schema, urn, stripSecrets(olds).props, props, randomSeed);
      return { inputs: markSecrets(checked.inputs, secrets), failures: checked.failures };
    },

    async diff({ olds, news }) {
      const before = stripSecrets(olds).props;
      const after = stripSecrets(news).props;
      const changes = diffOf(before, after);
      const replaced = schema.customizeDiff?.(before, after, changes) ?? false;
      return diffResult(changes, replaced);
    },

    async create({ news }, context) {
      const { props, secrets } = stripSecrets(news);
      schema.customizeDiff?.(undefined, props, {});
      const planned = planFor(props);
      if (context.preview) return { id: "", outputs: markSecrets(planned, secrets) };
      const wanted = settle(planned);
      const work = workFor(provider(), context);
      let id: string | undefined;
      try {
        await operations.create(work, wanted, (made) => {
          id = made;
        });
        if (id === undefined) throw new Error(`Error creating ${schema.label}: no id`);
        const state = await readState(work, id, wanted);
        if (!state)
          throw new Error(`Error reading ${schema.label} ${id}: it is gone right after its creation`);
        return { id, outputs: markSecrets(state, secrets) };
      } catch (error) {
        if (id === undefined) throw new Error(explain(error));
        const outputs = markSecrets({ ...wanted, id }, secrets);
        throw new PartialError(`creating ${context.urn}: ${explain(error)}`, { id, outputs });
      }
    },

    async read({ id, inputs, olds }, context) {
      const known = stripSecrets(olds);
      const given = stripSecrets(inputs);
      // An import may name the resource in short.
      const fullId = formatId(schema.idFormat, parseId(schema.idFormat, id, provider().config));
      const state = await readState(workFor(provider(), context), fullId, known.props);
      if (!state) return undefined;
      return {
        id: fullId,
        inputs: markSecrets(inputsFromState(schema.fields, given.props, state), given.secrets),
        outputs: markSecrets(state, [...known.secrets, ...given.secrets]),
      };
    },

    async update({ id, olds, news }, context) {
      const before = stripSecrets(olds).props;
      const { props, secrets } = stripSecrets(news);
      const planned = planFor(props, before);
      if (context.preview) return { outputs: markSecrets({ ...planned, id }, secrets) };
      const wanted = settle(planned);
      const changes = diffOf(before, props);
      const touched = new Set(Object.keys(changes).map(topLevel));
      // The provider's own affair: nothing of the cloud changes.
      touched.delete("deletionPolicy");
      const work = workFor(provider(), context);
      try {
        const touches = (property: string) => touched.has(property);
        if (touched.size > 0) await operations.update(work, { id, olds: before, wanted, changes, touches });
        const state = await readState(work, id, wanted);
        if (!state) throw new Error(`Error updating ${schema.label} ${id}: it is gone`);
        return { outputs: markSecrets(state, secrets) };
      } catch (error) {
        // What was secret before may still be in place.
        const all = [...secrets, ...stripSecrets(olds).secrets];
        const state = schema.failsAsItWas ? before : { ...wanted, id };
        const outputs = markSecrets(state, all);
        throw new PartialError(`updating ${context.urn}: ${explain(error)}`, { id, outputs });
      }
    },

    async delete({ id, olds }, context) {
      const state = stripSecrets(olds).props;
      if (state.deletionPolicy === "ABANDON") return;
      if (state.deletionPolicy === "PREVENT") {
        throw new Error(`cannot destroy ${schema.label} ${id}: its deletion_policy is "PREVENT"`);
      }
      await operations.delete(workFor(provider(), context), id, state).catch((error: unknown) => {
        throw new Error(`deleting ${context.urn}: ${explain(error)}`);
      });
    },
  };
}

/** Only time ends an operation: the official plugin does not listen to the engine's Cancel. */
export function workFor(provider: Provider, context: Pick<Context, "timeoutSeconds">): Work {
  const seconds = context.timeoutSeconds || DEFAULT_TIMEOUT_SECONDS;
  return { ...provider, signal: AbortSignal.timeout(seconds * 1000) };
}

/** Inputs together with what the stack's settings say where they are silent. */
function withProviderSettings({ schema }: Resource, inputs: Props, config: ProviderConfig): Props {
  const result = { ...inputs };
  for (const [key, field] of Object.entries(schema.fields)) {
    if (field.providerSetting && !result[key]) result[key] = providerSetting(config, field.providerSetting);
  }
  if (schema.fields.deletionPolicy) result.deletionPolicy ??= "DELETE";
  return result;
}

/** As {@link withProviderSettings}, for the settings that the state has: a changed one moves the resource. */
function withSettingsKnownTo({ schema }: Resource, news: Props, olds: Props, config: ProviderConfig): Props {
  const result = { ...news };
  for (const [key, field] of Object.entries(schema.fields)) {
    if (field.providerSetting && !result[key] && olds[key]) result[key] = config[field.providerSetting];
  }
  if (olds.deletionPolicy) result.deletionPolicy ??= "DELETE";
  return result;
}

function diffLabels({ schema }: Resource, planned: Props, olds: Props): Changes {
  const { labels: _, ...derived } = schema.fields;
  const shown = Object.fromEntries(
    ["effectiveLabels", "pulumiLabels"].map((key) => [key, { ...derived[key], type: "map", output: false }]),
  ) as typeof schema.fields;
  return diffFields(shown, olds, planned);
}

/** What the API does not tell stays as the program set it. */
function unseen({ schema }: Resource, known: Props): Props {
  return Object.fromEntries(
    Object.entries(schema.fields).flatMap(([key, field]) => {
      const value = known[key] ?? field.default;
      return field.rest === false && !field.notInLab && value !== undefined ? [[key, value]] : [];
    }),
  );
}

function diffResult(changes: Changes, replaced: boolean): DiffResult {
  const paths = Object.keys(changes);
  if (paths.length === 0) return NO_DIFF;
  const replaces = paths.filter((path) => changes[path]?.endsWith("_REPLACE"));
  // The engine wants a reason; a rule outside the schema has no property to name.
  if (replaced && replaces.length === 0) replaces.push("__meta");
  return {
    changes: "SOME",
    diffs: [...new Set(paths.map(topLevel))],
    replaces,
    deleteBeforeReplace: replaces.length > 0,
    detailed: changes,
  };
}

function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

/** As Terraform words a failed apply. */
export function explain(error: unknown): string {
  return `1 error occurred:\n\t* ${error instanceof Error ? error.message : String(error)}\n\n`;
}
