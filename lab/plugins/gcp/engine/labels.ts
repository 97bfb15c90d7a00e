import type { ProviderConfig } from "../config";
import type { JsonObject, Plain, Props } from "../schema/types";

type Labels = Record<string, string>;

const ATTRIBUTION: Labels = { "goog-pulumi-provisioned": "true" };

/**
 * Fills in the labels that the resource is to have. The program owns those it names and the provider's default
 * labels; any others on the resource stay.
 */
export function planLabels(planned: Props, olds: Props | undefined, config: ProviderConfig): void {
  if (typeof planned.labels === "symbol") return;
  const own = { ...config.defaultLabels, ...labelsOf(planned.labels) };
  const attribution = attributionLabels(olds, config);
  const effective = { ...labelsOf(olds?.effectiveLabels) };
  for (const key of Object.keys(labelsOf(olds?.pulumiLabels))) delete effective[key];
  planned.pulumiLabels = { ...attribution, ...own };
  planned.effectiveLabels = { ...effective, ...attribution, ...own };
}

/** By default the mark is put on at creation only, and stays where it is. */
function attributionLabels(olds: Props | undefined, config: ProviderConfig): Labels {
  if (!config.attributionLabel) return {};
  if (olds === undefined || config.attributionOnUpdate) return ATTRIBUTION;
  const marked = Object.keys(ATTRIBUTION).some((key) => key in labelsOf(olds.pulumiLabels));
  return marked ? ATTRIBUTION : {};
}

/** The three label properties of a resource as it is: of the program's own labels only those it knows. */
export function labelsFromRest(live: JsonObject, known: Props): Props {
  const effective = labelsOf(live.labels as Plain);
  const pick = (keys: Plain) =>
    Object.fromEntries(
      Object.keys(labelsOf(keys)).flatMap((k) => (k in effective ? [[k, effective[k]]] : [])),
    );
  return {
    ...(known.labels === undefined ? {} : { labels: pick(known.labels) }),
    pulumiLabels: pick(known.pulumiLabels),
    effectiveLabels: effective,
    ...(typeof live.labelFingerprint === "string" ? { labelFingerprint: live.labelFingerprint } : {}),
  };
}

/** A map of labels, or none. */
export function labelsOf(value: Plain): Labels {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Labels) : {};
}
