import { parse } from "../../../commands/shared/flatYaml";

test("scalars are read as they mean, whatever their quotes", () => {
  const text = `encryptionsalt: v1:abc=:xyz
config:
  gcp:project: etcd-lab
  gcp:zone:   us-west1-c  
  "etcd-on-gce:etcdVersion": "3.4.10"
  etcd-on-gce:motto: 'it''s: fine'
    deep:er: kept
`;
  expect([...parse(text)]).toEqual([
    ["gcp:project", "etcd-lab"],
    ["gcp:zone", "us-west1-c"],
    ["etcd-on-gce:etcdVersion", "3.4.10"],
    ["etcd-on-gce:motto", "it''s: fine"],
    ["deep:er", "kept"],
  ]);
});

test("nested values and other lines are left out", () => {
  const text = `config:
  etcd-on-gce:zones:
    - us-west1-a
  etcd-on-gce:labels:
    env: lab
  # gcp:zone: commented
gcp:zone: too-far-left
`;
  expect(parse(text).size).toBe(0);
});

test("the last of two lines counts", () => {
  expect(parse("config:\n  a:b: one\n  a:b: two\n").get("a:b")).toBe("two");
});
