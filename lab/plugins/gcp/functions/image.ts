import type { LookUp } from "../engine/lookUp";
import { placeOf } from "../engine/operations";
import { prefix } from "../resources/computeOperations";
import { fromRest } from "../rest/mapping";
import { bool, int, map, string, strings } from "../schema/fields";
import type { JsonObject, Props } from "../schema/types";

const CHOICES = ["name", "family", "filter"] as const;

/** What the API says of an image; Terraform's zero value where it says nothing. */
const outputs = {
  archiveSizeBytes: int({ default: 0 }),
  creationTimestamp: string({ default: "" }),
  description: string({ default: "" }),
  diskSizeGb: int({ default: 0 }),
  family: string({ default: "" }),
  imageEncryptionKeySha256: string({ default: "", rest: "imageEncryptionKey.sha256" }),
  imageId: string({ default: "", rest: "id" }),
  labelFingerprint: string({ default: "" }),
  labels: map(),
  licenses: strings(),
  name: string(),
  selfLink: string({ default: "" }),
  sourceDisk: string({ default: "" }),
  sourceDiskEncryptionKeySha256: string({ default: "", rest: "sourceDiskEncryptionKey.sha256" }),
  sourceDiskId: string({ default: "" }),
  sourceImageId: string({ default: "" }),
  status: string({ default: "" }),
};

/** One image, by its name, as the newest of a family, or by a filter. */
export const getImage: LookUp = {
  token: "gcp:compute/getImage:getImage",
  fields: {
    name: string(),
    family: string(),
    filter: string(),
    mostRecent: bool({ default: false }),
    project: string(),
  },
  exactlyOneOf: CHOICES,

  async read(work, asked) {
    const { project } = placeOf(asked, work.config);
    const images = `projects/${project}/global/images`;
    const get = (path: string) =>
      work.compute.get(path, work.signal).catch(prefix("error retrieving image information"));
    const image = asked.name
      ? await get(`${images}/${String(asked.name)}`)
      : asked.family
        ? await get(`${images}/family/${String(asked.family)}`)
        : theOne(
            await work.compute
              .get(images, work.signal, { filter: String(asked.filter) })
              .catch(prefix("error retrieving list of images")),
            asked.mostRecent === true,
          );
    return {
      labels: {},
      licenses: [],
      mostRecent: false,
      ...asked,
      ...fromRest(outputs, image),
      project,
      id: `${images}/${String(image.name)}`,
    } as Props;
  },
};

function theOne({ items = [] }: JsonObject, mostRecent: boolean): JsonObject {
  const images = items as JsonObject[];
  const time = ({ creationTimestamp }: JsonObject) => Date.parse(String(creationTimestamp));
  const [newest] = [...images].sort((a, b) => time(b) - time(a));
  if (newest && (images.length === 1 || mostRecent)) return newest;
  throw new Error(
    "your filter has returned more than one image or no image. Please refine your filter to return exactly one image",
  );
}
