import { parseFilter } from "../../../api/filter";

const RESOURCE = {
  name: "controller-0",
  labels: { env: "lab" },
  guestCpus: 2,
  tags: { items: ["controller", "etcd"] },
  description: "it's (one) of 3",
};

test.each([
  ["name = controller-0", true],
  ["name = 'controller-1'", false],
  ['name="controller-*"', true],
  ["name != controller-0", false],
  ["name eq controller-[0-9]", true],
  ["name eq controller", false],
  ["name ne 'controller'", true],
  ["name:TROLL", true],
  ["labels.env = lab", true],
  ["labels.team:*", false],
  ["labels.env:*", true],
  ["labels.team != core", true],
  ["guestCpus > 1", true],
  ["guestCpus >= 10", false],
  ["guestCpus < 10 guestCpus <= 2", true],
  ["tags.items = etcd", true],
  ["tags.items = other", false],
  ["name = a OR name = controller-0", true],
  ["name = controller-0 AND labels.env = dev", false],
  ["(name = a) OR (labels.env = lab AND NOT guestCpus = 1)", true],
  ['description = "it\'s (one) of 3"', true],
  ["NOT (name = controller-0)", false],
])("%s", (filter, matches) => {
  expect(parseFilter(filter)(RESOURCE)).toBe(matches);
});

test.each(["name", "name =", "name ~ a", "(name = a", "name = a)", "= a", ""])(
  "%j is no filter",
  (filter) => {
    expect(() => parseFilter(filter)).toThrow(
      `Invalid value for field 'filter': '${filter}'. Invalid list filter expression.`,
    );
  },
);
