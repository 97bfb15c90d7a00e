import { type PropertyMap, plain } from "../framework";

/** What the stack's `gcp:` settings say. */
export interface ProviderConfig {
  readonly project?: string | undefined;
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  readonly accessToken?: string | undefined;
  /** Ends in a slash. */
  readonly computeEndpoint: string;
  /** Ends in a slash. */
  readonly iamEndpoint?: string | undefined;
  readonly defaultLabels: Record<string, string>;
  readonly attributionLabel: boolean;
  readonly attributionOnUpdate: boolean;
}

/**
 * Reads the provider's settings.
 *
 * @throws Error without a computeCustomEndpoint: the stand-in talks to the lab and never to the real cloud.
 */
export function parseConfig(args: PropertyMap): ProviderConfig {
  const settings = plain<Record<string, unknown>>(args);
  const computeEndpoint = text(settings.computeCustomEndpoint);
  if (computeEndpoint === undefined) {
    throw new Error(
      "the stand-in gcp plugin works on the lab only: set gcp:computeCustomEndpoint, or install the official plugin",
    );
  }
  const iamEndpoint = text(settings.iamCustomEndpoint);
  return {
    project: text(settings.project),
    region: text(settings.region),
    zone: text(settings.zone),
    accessToken: text(settings.accessToken),
    computeEndpoint: withSlash(computeEndpoint),
    iamEndpoint: iamEndpoint === undefined ? undefined : withSlash(iamEndpoint),
    defaultLabels: json<Record<string, string>>(settings.defaultLabels) ?? {},
    attributionLabel: json<boolean>(settings.addPulumiAttributionLabel) ?? true,
    attributionOnUpdate: settings.pulumiAttributionLabelAdditionStrategy === "PROACTIVE",
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The engine hands over whatever is no string as JSON text. */
function json<T>(value: unknown): T | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return (typeof value === "string" ? JSON.parse(value) : value) as T;
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
