import type { Lab } from "./lab";

// After the program's own drop-in: that one empties the list of what runs first.
const DROP_IN = "/etc/systemd/system/etcd.service.d/zz-broken.conf";

/** From now on etcd fails at each start on a host; one that runs goes on. */
export async function breakStart(lab: Lab, host: string): Promise<void> {
  const script = `mkdir -p "$(dirname ${DROP_IN})" && printf '[Service]\\nExecStartPre=/bin/false\\n' >${DROP_IN}`;
  await lab.onHost(host, "sh", "-c", `${script} && systemctl daemon-reload`);
}

/** Undoes {@link breakStart}; systemd starts etcd again in its own time. */
export async function repairStart(lab: Lab, host: string): Promise<void> {
  await lab.onHost(host, "sh", "-c", `rm ${DROP_IN} && systemctl daemon-reload`);
}
