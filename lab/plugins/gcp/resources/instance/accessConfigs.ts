import { type Change, placeOf, type Work } from "../../engine/operations";
import type { JsonObject } from "../../schema/types";
import { mutate } from "./calls";
import { externalAddressesChange, nicMoves, nicsToRest } from "./networkInterfaces";

/**
 * External addresses can't be changed, only taken away and given again. Which interfaces it was done to, since the
 * security policy is theirs to say again at the end.
 *
 * @throws Error when the instance doesn't run
 */
export async function changeExternalAddresses(
  work: Work,
  change: Change,
  live: JsonObject,
): Promise<string[]> {
  const { id, wanted, changes } = change;
  const nics = nicsToRest(wanted.networkInterfaces, placeOf(wanted, work.config));
  const touched = nics.flatMap((_, index) => (externalAddressesChange(changes, index) ? [index] : []));
  if (touched.length > 0 && live.status !== "RUNNING") {
    throw new Error(
      'Error to update security policy because the current instance status must be "RUNNING". The security policy or ' +
        "some access config may have changed which requires the security policy to be re-applied",
    );
  }
  const current = (live.networkInterfaces ?? []) as JsonObject[];
  for (const index of touched.filter((index) => !nicMoves(changes, index))) {
    await deleteAccessConfigs(work, id, current[index] ?? {});
    await addAccessConfigs(work, id, current[index] ?? {}, nics[index] ?? {});
    await work.compute.get(id, work.signal);
  }
  return touched.length > 0 ? nics.map((_, index) => `nic${index}`) : [];
}

/** Takes an interface's external addresses away. */
export async function deleteAccessConfigs(work: Work, id: string, nic: JsonObject): Promise<void> {
  for (const { name } of (nic.accessConfigs ?? []) as JsonObject[]) {
    await mutate(work, id, {
      verb: "/deleteAccessConfig",
      query: { accessConfig: String(name), networkInterface: String(nic.name) },
      refused: `error deleting old access_config ${JSON.stringify(name)}`,
      activity: "old access_config to delete",
    });
  }
}

/** Gives an interface the external addresses that it is to have. */
export async function addAccessConfigs(
  work: Work,
  id: string,
  nic: JsonObject,
  wanted: JsonObject,
): Promise<void> {
  for (const body of (wanted.accessConfigs ?? []) as JsonObject[]) {
    await mutate(work, id, {
      verb: "/addAccessConfig",
      query: { networkInterface: String(nic.name) },
      body,
      refused: 'error adding new access_config ""',
      activity: "new access_config to add",
    });
  }
}

/** Says that the interfaces have no security policy, as the official provider does after it readdressed one. */
export async function clearSecurityPolicy(
  work: Work,
  id: string,
  networkInterfaces: string[],
): Promise<void> {
  if (networkInterfaces.length === 0) return;
  await mutate(work, id, {
    verb: "/setSecurityPolicy",
    body: { networkInterfaces },
    refused:
      'Error updating instance while setting the security policies: error adding security policy for policy ""',
    activity: "security_policy to add",
  });
}
