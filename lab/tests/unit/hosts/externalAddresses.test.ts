import type { HostSpec } from "../../../hosts/backend";
import { renderExternalAddresses } from "../../../hosts/network";

const host = (ip: string, externalIp?: string): HostSpec => ({
  name: "controller",
  ip,
  tags: [],
  bootDiskId: "boot",
  attachedDisks: [],
  release: "bookworm",
  network: "vpc",
  ...(externalIp ? { externalIp } : {}),
});

test("external addresses lead to their hosts, and connections to others end", () => {
  const hosts = [
    host("10.240.0.10", "198.51.100.7"),
    host("10.240.0.11"),
    host("10.240.0.12", "203.0.113.10"),
  ];
  expect(renderExternalAddresses(hosts)).toBe(`table ip gce_external
delete table ip gce_external
table ip gce_external {
  chain translate {
    type nat hook output priority -100;
    dnat to ip daddr map { 198.51.100.7 : 10.240.0.10, 203.0.113.10 : 10.240.0.12 }
  }
  chain gone {
    type filter hook output priority 0;
    ct status dnat ct original ip daddr != { 198.51.100.7, 203.0.113.10 } drop
  }
}
`);
});

test("without one, every translated connection ends", () => {
  expect(renderExternalAddresses([host("10.240.0.10")])).toBe(`table ip gce_external
delete table ip gce_external
table ip gce_external {
  chain translate {
    type nat hook output priority -100;
  }
  chain gone {
    type filter hook output priority 0;
    ct status dnat drop
  }
}
`);
});
