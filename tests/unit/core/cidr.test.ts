import { addressAt, overlaps, parseCidr, parseIpv4 } from "../../../core/cidr";

test.each([
  ["0.0.0.0/0", { base: 0, prefixLength: 0 }],
  ["10.240.0.0/24", { base: 183500800, prefixLength: 24 }],
  ["192.168.128.0/17", { base: 3232268288, prefixLength: 17 }],
  ["255.255.255.255/32", { base: 4294967295, prefixLength: 32 }],
])("parses %s", (text, cidr) => {
  expect(parseCidr(text)).toEqual(cidr);
});

test.each([
  "",
  "10.0.0.0",
  "10.0.0.0/",
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "10.0.0.0/08",
  "10.0.0.0/8.0",
  "10.0.0.0/8/8",
  "10.0.0.1/24",
  "10.240.0.128/24",
  "10.0.0/24",
  "10.0.0.256/32",
  " 10.0.0.0/8",
  "10.0.0.0/8\n",
  "::/0",
  "0.0.0.1/0",
])("does not parse %j", (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test.each([
  ["0.0.0.0", 0],
  ["10.240.0.10", 183500810],
  ["255.255.255.255", 4294967295],
])("parses the address %s", (text, address) => {
  expect(parseIpv4(text)).toBe(address);
});

test.each(["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4a", "1.2.3.-4", "1..2.3", "a.b.c.d"])(
  "does not parse the address %j",
  (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  },
);

const net = (base: number, prefixLength: number) => ({ base, prefixLength });

test.each([
  ["the same", net(183500800, 24), net(183500800, 24), true],
  ["one inside the other", net(167772160, 8), net(183500800, 24), true],
  ["everything and one address", net(0, 0), net(4294967295, 32), true],
  ["neighbours", net(183500800, 24), net(183501056, 24), false],
  ["last address shared", net(183500800, 24), net(183501055, 32), true],
  ["far apart", net(167772160, 24), net(3232235520, 16), false],
])("%s overlap, either way round", (_what, a, b, shared) => {
  expect(overlaps(a, b)).toBe(shared);
  expect(overlaps(b, a)).toBe(shared);
});

test.each([
  [0, "10.32.0.0"],
  [1, "10.32.0.1"],
  [255, "10.32.0.255"],
  [256, "10.32.1.0"],
])("the address at offset %i is %s", (offset, address) => {
  expect(addressAt(net(169869312, 24), offset)).toBe(address);
});
