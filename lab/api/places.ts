import type { FastifyInstance } from "fastify";
import { invalid, notFound } from "./errors";
import { selfLink } from "./paths";

/** Regions of the lab with their zones; a place that is not here does not exist. */
export const REGIONS: Readonly<Record<string, readonly string[]>> = {
  "us-west1": ["us-west1-a", "us-west1-b", "us-west1-c"],
  "us-central1": ["us-central1-a", "us-central1-b", "us-central1-c", "us-central1-f"],
  "europe-west1": ["europe-west1-b", "europe-west1-c", "europe-west1-d"],
};

interface Params {
  readonly project: string;
  readonly name: string;
}

/** @throws 400 for a region or zone that does not exist. */
export function checkPlace(scope: string): void {
  const [kind, place = ""] = scope.split("/");
  if (kind === "regions" && !Object.hasOwn(REGIONS, place)) throw invalid("region", place, "Unknown region.");
  if (kind === "zones" && !Object.values(REGIONS).flat().includes(place))
    throw invalid("zone", place, "Unknown zone.");
}

/** Projects, regions and zones. */
export function registerPlaces(app: FastifyInstance): void {
  app.get<{ Params: Params }>("/compute/v1/projects/:project", async ({ params: { project } }) => ({
    kind: "compute#project",
    name: project,
    selfLink: selfLink(`projects/${project}`),
  }));
  app.get<{ Params: Params }>("/compute/v1/projects/:project/regions", async ({ params: { project } }) => ({
    kind: "compute#regionList",
    items: Object.keys(REGIONS).map((name) => region(project, name)),
  }));
  app.get<{ Params: Params }>(
    "/compute/v1/projects/:project/regions/:name",
    async ({ params: { project, name } }) => {
      if (!Object.hasOwn(REGIONS, name)) throw notFound(`projects/${project}/regions/${name}`);
      return region(project, name);
    },
  );
  app.get<{ Params: Params }>("/compute/v1/projects/:project/zones", async ({ params: { project } }) => ({
    kind: "compute#zoneList",
    items: Object.values(REGIONS)
      .flat()
      .map((name) => zone(project, name)),
  }));
  app.get<{ Params: Params }>(
    "/compute/v1/projects/:project/zones/:name",
    async ({ params: { project, name } }) => {
      if (!Object.values(REGIONS).flat().includes(name)) throw notFound(`projects/${project}/zones/${name}`);
      return zone(project, name);
    },
  );
}

function region(project: string, name: string) {
  const zones = (REGIONS[name] ?? []).map((z) => selfLink(`projects/${project}/zones/${z}`));
  return {
    kind: "compute#region",
    name,
    status: "UP",
    zones,
    selfLink: selfLink(`projects/${project}/regions/${name}`),
  };
}

function zone(project: string, name: string) {
  const regionName = name.replace(/-[a-z]$/, "");
  return {
    kind: "compute#zone",
    name,
    status: "UP",
    region: selfLink(`projects/${project}/regions/${regionName}`),
    selfLink: selfLink(`projects/${project}/zones/${name}`),
  };
}
