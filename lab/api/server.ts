import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { MissingImageError } from "../hosts/baseImage";
import {
  ADDRESS_ACTIONS,
  DISK_ACTIONS,
  IMAGE_ACTIONS,
  INSTANCE_ACTIONS,
  runAction,
  SUBNETWORK_ACTIONS,
} from "./actions";
import { ensureDefaultNetwork } from "./autoSubnetworks";
import type { ApiContext, Collection, Location } from "./collection";
import { addresses } from "./collections/addresses";
import { disks } from "./collections/disks";
import { firewalls } from "./collections/firewalls";
import { images } from "./collections/images";
import { instances } from "./collections/instances";
import { networks } from "./collections/networks";
import { routers } from "./collections/routers";
import { subnetworks } from "./collections/subnetworks";
import { registerConditions } from "./conditions/conditions";
import { mustBeReady, Operations } from "./conditions/pending";
import { refuseByPolicy } from "./conditions/policies";
import { remember } from "./conditions/staleLabels";
import { stockoutOf } from "./conditions/stockout";
import { Crud } from "./crud";
import { ApiError } from "./errors";
import { familyImage } from "./images";
import { listing } from "./listing";
import { machineType, machineTypes } from "./machineTypes";
import { checkPlace, registerPlaces } from "./places";
import { isImageProject } from "./publicImages";
import { registerServiceAccounts } from "./serviceAccounts";
import type { Resource } from "./store";

const COLLECTIONS: readonly Collection[] = [
  networks,
  subnetworks,
  firewalls,
  addresses,
  disks,
  routers,
  images,
  instances,
];
const ACTIONS = {
  disks: DISK_ACTIONS,
  addresses: ADDRESS_ACTIONS,
  images: IMAGE_ACTIONS,
  instances: INSTANCE_ACTIONS,
  subnetworks: SUBNETWORK_ACTIONS,
};
const SCOPE_URL = { global: "global", region: "regions/:place", zone: "zones/:place" };

interface Params {
  readonly project: string;
  readonly place?: string;
  readonly name: string;
  readonly action: string;
}

/** The compute and IAM REST APIs, as far as the program and Google's provider use them. */
export function createApi(context: ApiContext): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: 16 * 1024 * 1024,
    routerOptions: { ignoreTrailingSlash: true },
  });
  acceptEmptyBodies(app);
  answerErrors(app);
  refuseAnonymous(app);
  app.addHook("preHandler", async ({ params }) => {
    const { project } = params as { project?: string };
    if (project && project !== "-" && !isImageProject(project)) ensureDefaultNetwork(project, context.store);
  });
  const operations = new Operations(context, COLLECTIONS);
  app.addHook("onRequest", () => operations.settle());
  const endWatch = operations.watch();
  app.addHook("onClose", async () => endWatch());
  for (const collection of COLLECTIONS) registerCollection(app, collection, context, operations);
  registerConditions(app, context.store);
  registerOperations(app, context);
  registerImageFamilies(app, context);
  registerMachineTypes(app);
  registerPlaces(app);
  registerServiceAccounts(app, context.store);
  return app;
}

function registerCollection(
  app: FastifyInstance,
  collection: Collection,
  context: ApiContext,
  operations: Operations,
): void {
  const crud = new Crud(collection, context, operations);
  const url = `/compute/v1/projects/:project/${SCOPE_URL[collection.scope]}/${collection.name}`;
  const at = (request: FastifyRequest): Location => {
    const { project, place } = request.params as Params;
    const scope = SCOPE_URL[collection.scope].replace(":place", place ?? "");
    checkPlace(scope);
    return { project, scope };
  };
  const nameOf = (request: FastifyRequest) => (request.params as Params).name;
  const bodyOf = (request: FastifyRequest) => (request.body ?? {}) as Resource;
  app.get(url, async (request) => crud.list(at(request), request.query as Record<string, string>));
  app.post(url, (request) => crud.insert(at(request), bodyOf(request)));
  app.get(`${url}/:name`, async (request) => crud.read(at(request), nameOf(request)));
  app.patch(`${url}/:name`, (request) => crud.patch(at(request), nameOf(request), bodyOf(request)));
  app.delete(`${url}/:name`, (request) => crud.delete(at(request), nameOf(request)));
  const actions = (ACTIONS as Record<string, Parameters<typeof runAction>[0]>)[collection.name] ?? {};
  const act = async (request: FastifyRequest) => {
    const { name, action } = request.params as Params;
    const place = at(request);
    const path = `projects/${place.project}/${place.scope}/${collection.name}/${name}`;
    const query = request.query as Record<string, string>;
    const body = bodyOf(request);
    mustBeReady(context.store, path, ["delete"]);
    refuseByPolicy({ collection: collection.name, type: action, at: place, path, body }, context.store);
    const type = action === "startWithEncryptionKey" ? "start" : action;
    const before = context.store.get(path);
    const failure = type === "start" ? stockoutOf(before, place, context) : undefined;
    if (!failure) await runAction(actions, action, { path, body, query, at: place }, context);
    if (before && type === "setLabels") remember(collection.name, path, before, context);
    return operations.begin({ collection, type, at: place, path, ...(failure ? { failure } : {}) });
  };
  if (collection.name === "instances") {
    app.put(`${url}/:name`, (request) => {
      (request.params as { action?: string }).action = "update";
      return act(request);
    });
  }
  app.post(`${url}/:name/:action`, act);
  app.patch(`${url}/:name/:action`, act);
}

function registerOperations(app: FastifyInstance, { store }: ApiContext): void {
  for (const scope of Object.values(SCOPE_URL)) {
    app.get(`/compute/v1/projects/:project/${scope}/operations/:name`, async (request) => {
      const { project, place, name } = request.params as Params;
      const path = `projects/${project}/${scope.replace(":place", place ?? "")}/operations/${name}`;
      const operation = store.get(path);
      if (!operation) throw new ApiError(404, "notFound", `The resource '${path}' was not found`);
      return operation;
    });
  }
}

function registerImageFamilies(app: FastifyInstance, { store }: ApiContext): void {
  app.get("/compute/v1/projects/:project/global/images/family/:name", async (request) => {
    const { project, name } = request.params as Params;
    return familyImage(project, name, store);
  });
}

function registerMachineTypes(app: FastifyInstance): void {
  const url = "/compute/v1/projects/:project/zones/:place/machineTypes";
  const at = (request: FastifyRequest): Location => {
    const { project, place } = request.params as Params;
    checkPlace(`zones/${place}`);
    return { project, scope: `zones/${place}` };
  };
  app.get(url, async (request) => {
    const place = at(request);
    const path = `projects/${place.project}/${place.scope}/machineTypes`;
    return listing(
      "compute#machineTypeList",
      path,
      machineTypes(place),
      request.query as Record<string, string>,
    );
  });
  app.get(`${url}/:name`, async (request) => machineType((request.params as Params).name, at(request)));
}

/** Google's provider says `Content-Type: application/json` of requests without a body as well. */
function acceptEmptyBodies(app: FastifyInstance): void {
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? {} : JSON.parse(String(body)));
    } catch {
      done(new ApiError(400, "parseError", "Parse Error"));
    }
  });
}

function refuseAnonymous(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    if (request.url !== "/" && !/^Bearer \S+$/.test(request.headers.authorization ?? "")) {
      throw new ApiError(
        401,
        "required",
        "Request is missing required authentication credential. Expected OAuth 2 access token.",
      );
    }
  });
  app.get("/", async () => ({ ok: true }));
}

function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const error = new ApiError(
      501,
      "notImplemented",
      `the lab does not implement ${request.method} ${request.url}`,
    );
    return reply.code(error.code).send(error.body());
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    // Not 500: Google's provider asks again for minutes.
    const missing = error instanceof MissingImageError && new ApiError(501, "notImplemented", error.message);
    const known =
      error instanceof ApiError
        ? error
        : missing ||
          new ApiError(
            error.statusCode === 400 ? 400 : 500,
            error.statusCode === 400 ? "parseError" : "internalError",
            error.message,
          );
    return reply.code(known.code).send(known.body());
  });
}
