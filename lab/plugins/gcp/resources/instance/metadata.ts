import type { JsonObject, Props } from "../../schema/types";

const SCRIPT = "startup-script";

/**
 * An instance's metadata as the API has it.
 *
 * @throws Error when the start-up script is given in two places
 */
export function metadataToRest(wanted: Props): JsonObject {
  const metadata = { ...((wanted.metadata ?? {}) as Record<string, string>) };
  const script = wanted.metadataStartupScript;
  if (script) {
    if (metadata[SCRIPT] !== undefined) {
      throw new Error("Cannot provide both metadata_startup_script and metadata.startup-script.");
    }
    metadata[SCRIPT] = String(script);
  }
  const items = Object.entries(metadata)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value }));
  return items.length > 0 ? { items } : {};
}

/** Metadata as the state has it: the script stays where the program put it. */
export function metadataFromRest(live: JsonObject, known: Props): Props {
  const { items = [], fingerprint } = (live.metadata ?? {}) as {
    items?: { key: string; value: string }[];
    fingerprint?: string;
  };
  const metadata = Object.fromEntries(items.map(({ key, value }) => [key, value]));
  const apart = Boolean(known.metadataStartupScript);
  const script = metadata[SCRIPT];
  if (apart) delete metadata[SCRIPT];
  return {
    metadata,
    ...(fingerprint === undefined ? {} : { metadataFingerprint: fingerprint }),
    ...(apart && script !== undefined ? { metadataStartupScript: script } : {}),
  };
}

/** Only moving the same script between its two places spares the VM. */
export function scriptForcesNew(olds: Props, news: Props, changed: boolean): boolean {
  if (!changed) return false;
  const [oldMap, newMap] = [olds.metadata ?? {}, news.metadata ?? {}] as Record<string, string>[];
  const [oldScript, newScript] = [olds.metadataStartupScript || "", news.metadataStartupScript || ""];
  if (oldScript === "") return oldMap?.[SCRIPT] === undefined || oldMap[SCRIPT] !== newScript;
  if (newScript === "") return newMap?.[SCRIPT] === undefined || newMap[SCRIPT] !== oldScript;
  return true;
}
