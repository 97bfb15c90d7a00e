import { inSetOrder } from "../../rest/mapping";
import type { JsonObject, Props } from "../../schema/types";

/** An instance's network tags as the API has them. */
export function tagsToRest({ tags }: Props): JsonObject {
  const items = inSetOrder((tags ?? []) as string[]) as string[];
  return items.length > 0 ? { items } : {};
}
