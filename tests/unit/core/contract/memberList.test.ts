import { parseMemberList } from "../../../../core/contract/memberList";

const SEED = ` 3a57933972cb5131, started, controller-2, https://10.240.0.12:2380, https://10.240.0.12:2379, false
 f98dc20bce6225a0, started, controller-0, https://10.240.0.10:2380, https://10.240.0.10:2379, false
 ffed16798470cab5, started, controller-1, https://10.240.0.11:2380, https://10.240.0.11:2379, false`;

const started = (id: string, index: number) => ({
  id,
  status: "started",
  name: `controller-${index}`,
  peerUrls: [`https://10.240.0.1${index}:2380`],
  clientUrls: [`https://10.240.0.1${index}:2379`],
  isLearner: false,
});

const SEED_MEMBERS = [
  started("3a57933972cb5131", 2),
  started("f98dc20bce6225a0", 0),
  started("ffed16798470cab5", 1),
];

test("the seed's three lines, in their order", () => {
  expect(parseMemberList(SEED)).toEqual(SEED_MEMBERS);
});

test("line ends of any kind and empty lines do not matter", () => {
  expect(parseMemberList(`\n${SEED.replaceAll("\n", "\r\n\r\n")}\r\n`)).toEqual(SEED_MEMBERS);
});

test("a member that was added and has not started has no name and no client URLs", () => {
  expect(parseMemberList("1f, unstarted, , https://10.240.0.13:2380, , false\n")).toEqual([
    {
      id: "1f",
      status: "unstarted",
      name: "",
      peerUrls: ["https://10.240.0.13:2380"],
      clientUrls: [],
      isLearner: false,
    },
  ]);
});

test("a learner, and a member with several URLs", () => {
  const line =
    "8211f1d0f64f3269, started, controller-3, https://a:2380,https://b:2380, https://a:2379,https://b:2379, true";
  expect(parseMemberList(line)).toEqual([
    {
      id: "8211f1d0f64f3269",
      status: "started",
      name: "controller-3",
      peerUrls: ["https://a:2380", "https://b:2380"],
      clientUrls: ["https://a:2379", "https://b:2379"],
      isLearner: true,
    },
  ]);
});

const EXPECTED = "expected `ID, started|unstarted, name, peer URLs, client URLs, true|false`";

test.each([
  "Error: context deadline exceeded",
  "3a57933972cb5131, started, controller-2, https://10.240.0.12:2380, https://10.240.0.12:2379",
  "3a57933972cb5131, started, controller-2, https://10.240.0.12:2380, https://10.240.0.12:2379, false, x",
  "3A57933972CB5131, started, c, https://a:2380, https://a:2379, false",
  "03a57933972cb5131, started, c, https://a:2380, https://a:2379, false",
  ", started, c, https://a:2380, https://a:2379, false",
  "1f, stopped, c, https://a:2380, https://a:2379, false",
  "1f, started, c, https://a:2380, https://a:2379, no",
  "1f, started, c\rBASH_ENV=x, https://a:2380, https://a:2379, false",
  "1f, started, $(id), https://a:2380, https://a:2379, false",
  "1f, started, c, https://a:2380/$(id), https://a:2379, false",
])("the line %j is an error that shows it", (line) => {
  expect(() => parseMemberList(`${SEED}\n${line}`)).toThrow(
    new Error(`member list: got the line ${JSON.stringify(line)}; ${EXPECTED}`),
  );
});

test.each(["", "\n", "  \r\n "])("no line (%j) is an error", (text) => {
  expect(() => parseMemberList(text)).toThrow(
    new Error("member list: got no line; expected one line a member"),
  );
});
