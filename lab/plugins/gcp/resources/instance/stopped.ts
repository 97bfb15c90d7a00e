import { type Change, placeOf, type Work } from "../../engine/operations";
import { expandLink } from "../../schema/links";
import type { JsonObject, Props } from "../../schema/types";
import { addAccessConfigs, deleteAccessConfigs } from "./accessConfigs";
import { getInstance, mutate, start, stop } from "./calls";
import { externalAddressesChange, nicMoves, nicsToRest } from "./networkInterfaces";
import { serviceAccountToRest } from "./serviceAccount";

const REFUSAL =
  "Changing the machine_type, min_cpu_platform, service_account, enable_display, shielded_instance_config, " +
  "scheduling.node_affinities, scheduling.max_run_duration or " +
  "network_interface.[#d].(network/subnetwork/subnetwork_project) or advanced_machine_features on a started " +
  "instance requires stopping it. To acknowledge this, please set allow_stopping_for_update = true in your " +
  'config. You can also stop it by setting desired_status = "TERMINATED", but the instance will not be ' +
  "restarted after the update.";

/** True when a change works on a stopped instance only. */
export function needsStop({ touches, changes, wanted }: Change): boolean {
  return (
    ["machineType", "serviceAccount", "shieldedInstanceConfig"].some(touches) ||
    movedNics(wanted, changes).length > 0
  );
}

/**
 * Stops the instance, changes it, and starts it again if it ran.
 *
 * @throws Error when the program does not allow stopping it
 */
export async function changeWhileStopped(
  work: Work,
  change: Change,
  { status: before }: JsonObject,
): Promise<void> {
  const { id, wanted } = change;
  const staysDown = wanted.desiredStatus === "TERMINATED";
  if (before === "RUNNING" && !staysDown && wanted.allowStoppingForUpdate !== true) throw new Error(REFUSAL);
  if (before !== "TERMINATED") await stop(work, id, "stopping instance");
  await applyChanges(work, change);
  const startsAgain = before === "RUNNING" && !staysDown;
  const startsNow = before === "TERMINATED" && wanted.desiredStatus === "RUNNING";
  if (startsAgain || startsNow) await start(work, id, wanted, "starting instance");
}

async function applyChanges(work: Work, { id, wanted, changes, touches }: Change): Promise<void> {
  const place = placeOf(wanted, work.config);
  if (touches("machineType")) {
    const machineType = expandLink(String(wanted.machineType), "machineTypes", "zone", place);
    await mutate(work, id, {
      verb: "/setMachineType",
      body: { machineType },
      activity: "updating machinetype",
    });
  }
  if (touches("serviceAccount")) {
    await mutate(work, id, {
      verb: "/setServiceAccount",
      body: serviceAccountToRest(wanted.serviceAccount),
      activity: "updating service account",
    });
  }
  if (touches("shieldedInstanceConfig")) {
    await mutate(work, id, {
      method: "PATCH",
      verb: "/updateShieldedInstanceConfig",
      body: (wanted.shieldedInstanceConfig ?? {}) as JsonObject,
      refused: "Error updating shielded vm config",
      activity: "shielded vm config update",
    });
  }
  const moved = movedNics(wanted, changes);
  // Stopping it made the fingerprints stale.
  const live = moved.length > 0 ? (await getInstance(work, id)).networkInterfaces : [];
  for (const index of moved) {
    const current = (live as JsonObject[])[index] ?? {};
    const { name, fingerprint } = current;
    const nic = nicsToRest(wanted.networkInterfaces, place)[index] ?? {};
    const readdresses = externalAddressesChange(changes, index);
    if (readdresses) await deleteAccessConfigs(work, id, current);
    const body: JsonObject = { network: nic.network, subnetwork: nic.subnetwork, fingerprint };
    if (`networkInterfaces[${index}].networkIp` in changes) body.networkIP = nic.networkIP;
    await mutate(work, id, {
      method: "PATCH",
      verb: "/updateNetworkInterface",
      query: { networkInterface: String(name) },
      body,
      refused: "Error updating network interface",
      activity: "network interface to update",
    });
    if (readdresses) await addAccessConfigs(work, id, current, nic);
  }
}

function movedNics(wanted: Props, changes: Change["changes"]): number[] {
  const nics = (wanted.networkInterfaces ?? []) as Props[];
  return nics.flatMap((_, index) => (nicMoves(changes, index) ? [index] : []));
}
