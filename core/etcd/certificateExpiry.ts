const HOUR_MS = 3_600_000;

/** What decides when a certificate's expiry is worth a warning, in hours. */
export interface ExpirySettings {
  readonly certValidityHours: number;
  readonly certEarlyRenewalHours: number;
}

/**
 * What to say about a certificate that is about to expire, or nothing.
 *
 * A leaf is worth a warning while twice its early-renewal window is left, since only a `pulumi up` within the
 * window renews it; a CA as soon as a leaf that it signs today would outlive it.
 *
 * @param name as in the output `certificateExpiry`: `ca-1`, `kubernetes`, `controller-0`…
 * @param end RFC 3339.
 */
export function expiryWarning(
  name: string,
  end: string,
  settings: ExpirySettings,
  now: Date,
): string | undefined {
  const hoursLeft = (Date.parse(end) - now.getTime()) / HOUR_MS;
  const { certValidityHours, certEarlyRenewalHours } = settings;
  const left = hoursLeft <= 0 ? "has expired" : `expires in ${Math.floor(hoursLeft)} hours`;
  if (name.startsWith("ca-")) {
    if (!(hoursLeft < certValidityHours)) return undefined;
    return `CA generation ${name.slice(3)} ${left}, at ${end}: less than certValidityHours (${certValidityHours}). Replace it: docs/operate/rotate-ca.md`;
  }
  if (!(hoursLeft < 2 * certEarlyRenewalHours)) return undefined;
  const from = new Date(Date.parse(end) - certEarlyRenewalHours * HOUR_MS).toISOString();
  return `certificate ${name} ${left}, at ${end}; a \`pulumi up\` from ${from} on renews it without a restart`;
}
