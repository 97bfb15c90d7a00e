import { bool, int, list, object, set, string, strings } from "../../schema/fields";
import type { Field } from "../../schema/types";

const NOT_IN_LAB = { notInLab: true };

const duration = (forceNew: boolean): Field =>
  object(
    { seconds: int({ required: true, forceNew }), nanos: int({ forceNew }) },
    { forceNew, notInLab: true },
  );

/** What GCE may do with a VM; the lab keeps what concerns restarts, since it never migrates or preempts. */
export const scheduling: Field = object(
  {
    automaticRestart: bool({ default: true }),
    onHostMaintenance: string({ computed: true }),
    preemptible: bool({ default: false, forceNew: true }),
    provisioningModel: string({ computed: true, forceNew: true }),
    instanceTerminationAction: string(),
    availabilityDomain: int(NOT_IN_LAB),
    gracefulShutdown: object({ enabled: bool({ required: true }), maxDuration: duration(false) }, NOT_IN_LAB),
    hostErrorTimeoutSeconds: int(NOT_IN_LAB),
    localSsdRecoveryTimeout: duration(true),
    maintenanceInterval: string(NOT_IN_LAB),
    maxRunDuration: duration(true),
    minNodeCpus: int(NOT_IN_LAB),
    nodeAffinities: set(
      object({
        key: string({ required: true }),
        operator: string({ required: true }),
        values: strings({ required: true }),
      }),
      NOT_IN_LAB,
    ),
    onInstanceStopAction: object(
      { discardLocalSsd: bool({ default: false, forceNew: true }) },
      { forceNew: true, notInLab: true },
    ),
    preemptionNoticeDuration: duration(false),
    skipGuestOsShutdown: bool({ default: false, notInLab: true }),
    terminationTime: string({ forceNew: true, notInLab: true }),
  },
  { computed: true, absent: { automaticRestart: true } },
);

/** Hardware and placement of which the lab has none. */
export const hardware: Record<string, Field> = {
  advancedMachineFeatures: object(
    {
      enableNestedVirtualization: bool(),
      enableUefiNetworking: bool({ forceNew: true }),
      performanceMonitoringUnit: string(),
      threadsPerCore: int(),
      turboMode: string(),
      visibleCoreCount: int(),
    },
    NOT_IN_LAB,
  ),
  confidentialInstanceConfig: object(
    { confidentialInstanceType: string(), enableConfidentialCompute: bool() },
    { computed: true, forceNew: true, notInLab: true },
  ),
  guestAccelerators: list(
    object({
      count: int({ required: true, forceNew: true }),
      type: string({ required: true, forceNew: true }),
    }),
    { tf: "guest_accelerator", computed: true, forceNew: true, notInLab: true },
  ),
  networkPerformanceConfig: object(
    { totalEgressBandwidthTier: string({ required: true, forceNew: true }) },
    { forceNew: true, notInLab: true },
  ),
  reservationAffinity: object(
    {
      type: string({ required: true, forceNew: true }),
      specificReservation: object(
        {
          key: string({ required: true, forceNew: true }),
          values: strings({ required: true, forceNew: true }),
        },
        { forceNew: true },
      ),
    },
    { computed: true, forceNew: true, notInLab: true },
  ),
  scratchDisks: list(
    object({
      deviceName: string({ computed: true }),
      interface: string({ required: true }),
      size: int({ default: 375, forceNew: true }),
    }),
    { tf: "scratch_disk", forceNew: true, notInLab: true },
  ),
};
