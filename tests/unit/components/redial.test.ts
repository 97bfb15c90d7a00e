import { dialsAgain } from "../../../components/redial";

const EOF = "proxy: after 0 failed attempts: ssh: handshake failed: EOF";
const REFUSED = "proxy: after 0 failed attempts: ssh: rejected: connect failed (Connection refused)";
const times = (count: number, error: string) => Array<string>(count).fill(error);

test.each([EOF, REFUSED, `1 error occurred:\n\t* ${EOF}\n\n`])(
  "a dial from the bastion is made again after %j",
  (error) => {
    expect(dialsAgain([error], 0, 60)).toBe(true);
  },
);

test.each([
  ["of the bastion itself", "proxy: after 60 failed attempts: dial tcp 198.51.100.4:22: i/o timeout"],
  ["without a bastion", "after 60 failed attempts: ssh: handshake failed: ssh: host key mismatch"],
  ["of a phase", `Process exited with status 1: running "sudo timeout": proxy: ${EOF}`],
  ["without a word", ""],
])("a failure %s is not", (_what, error) => {
  expect(dialsAgain([error], 0, 60)).toBe(false);
});

test("the limit counts dials, and bounds the time where each takes long", () => {
  expect(dialsAgain(times(60, EOF), 0, 60)).toBe(true);
  expect(dialsAgain(times(61, EOF), 0, 60)).toBe(false);
  expect(dialsAgain(times(99, EOF), 0, 200)).toBe(false);
  expect(dialsAgain(times(4, REFUSED), 599_999, 60)).toBe(true);
  expect(dialsAgain(times(5, REFUSED), 600_000, 60)).toBe(false);
});
