import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { type PropertyMap, plain } from "../framework";

/** What the stack's `gcp:` settings say. */
export interface ProviderConfig {
  readonly project?: string | undefined;
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  readonly accessToken: string;
  /** Ends in a slash. */
  readonly computeEndpoint: string;
  /** Of the service accounts' API; ends in a slash. */
  readonly iamEndpoint: string;
  /** Between two looks at an operation. */
  readonly pollIntervalMs: number;
  readonly defaultLabels: Record<string, string>;
  readonly attributionLabel: boolean;
  readonly attributionOnUpdate: boolean;
}

const DEFAULT_POLL_INTERVAL = "10s";
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads the provider's settings.
 *
 * @throws Error without a computeCustomEndpoint: the stand-in talks to the lab and never to the real cloud.
 */
export function parseConfig(args: PropertyMap): ProviderConfig {
  const settings = plain<Record<string, unknown>>(args);
  const computeEndpoint = endpoint(settings, "computeCustomEndpoint");
  if (computeEndpoint === undefined) {
    throw new Error(
      "the stand-in gcp plugin works on the lab only: set gcp:computeCustomEndpoint, or install the official plugin",
    );
  }
  return {
    project: text(settings.project),
    region: text(settings.region),
    zone: text(settings.zone),
    accessToken: accessToken(text(settings.accessToken) ?? process.env.GOOGLE_OAUTH_ACCESS_TOKEN),
    computeEndpoint,
    // iamCustomEndpoint is of other calls, though its name says IAM.
    iamEndpoint: endpoint(settings, "iamBetaCustomEndpoint") ?? "https://iam.googleapis.com/v1/",
    pollIntervalMs: durationMs(text(settings.pollInterval) ?? DEFAULT_POLL_INTERVAL),
    defaultLabels: json<Record<string, string>>(settings.defaultLabels) ?? {},
    attributionLabel: json<boolean>(settings.addPulumiAttributionLabel) ?? true,
    attributionOnUpdate: settings.pulumiAttributionLabelAdditionStrategy === "PROACTIVE",
  };
}

/** The token, or what is in the file of that name. @throws Error where there is none. */
function accessToken(given: string | undefined): string {
  if (!given) {
    throw new Error(
      "failed to load application credentials: neither gcp:accessToken nor GOOGLE_OAUTH_ACCESS_TOKEN is set, " +
        "and the stand-in has no other way to log in",
    );
  }
  const path = given.startsWith("~/") ? `${homedir()}${given.slice(1)}` : given;
  if (!existsSync(path)) return given;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const isDirectory = (error as NodeJS.ErrnoException).code === "EISDIR";
    const reason = isDirectory ? "is a directory" : (error as Error).message;
    throw new Error(
      `failed to load application credentials: Error loading access token: read ${path}: ${reason}`,
    );
  }
}

/** @throws Error for an address that the official provider refuses. */
function endpoint(settings: Record<string, unknown>, name: string): string | undefined {
  const url = text(settings[name]);
  if (url === undefined || /\/[^/]+\/$/.test(url)) return url;
  throw new Error(
    `gcp:${name} (${JSON.stringify(url)}) doesn't match regexp ".*/[^/]+/$": end it with a slash`,
  );
}

/** Go's notation of a duration, for example 500ms or 1m30s. */
function durationMs(duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== duration) {
    throw new Error(`gcp:pollInterval: time: invalid duration ${JSON.stringify(duration)}`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit as string] ?? 0), 0);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The engine hands over whatever is no string as JSON text. */
function json<T>(value: unknown): T | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return (typeof value === "string" ? JSON.parse(value) : value) as T;
}
