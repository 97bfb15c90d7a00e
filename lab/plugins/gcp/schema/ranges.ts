import { BlockList, isIP } from "node:net";

/** True when the outer CIDR range holds all of the inner one. */
export function rangeContains(outer: string, inner: string): boolean {
  const [outerAddress = "", outerBits = ""] = outer.split("/");
  const [innerAddress = "", innerBits = ""] = inner.split("/");
  const family = isIP(outerAddress);
  if (family === 0 || family !== isIP(innerAddress) || Number(outerBits) > Number(innerBits)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const block = new BlockList();
  block.addSubnet(outerAddress, Number(outerBits), type);
  return block.check(innerAddress, type);
}
