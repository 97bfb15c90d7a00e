import { parseRequest, UsageError } from "../../../ssh/cli";

const FLAGS =
  "--endpoints=https://127.0.0.1:2379 --cacert=/etc/etcd/ca.pem --cert=/etc/etcd/kubernetes.pem --key=/etc/etcd/kubernetes-key.pem";

test("a login, and a command with its own flags", () => {
  const login = { stack: undefined, controller: "controller-0", isInside: false, command: undefined };
  expect(parseRequest("ssh", ["controller-0"])).toEqual(login);
  expect(
    parseRequest("ssh", ["--stack", "dev", "--inside", "controller-2", "ls", "-l", "--stack", "x"]),
  ).toEqual({ stack: "dev", controller: "controller-2", isInside: true, command: "ls -l --stack x" });
});

test("etcdctl's arguments are quoted for the shell there", () => {
  expect(parseRequest("etcdctl", ["-s", "dev", "--on=controller-1", "put", "a b", "-w=json"])).toEqual({
    stack: "dev",
    controller: "controller-1",
    isInside: false,
    command: `sudo env ETCDCTL_API=3 etcdctl ${FLAGS} put 'a b' -w=json`,
  });
});

test.each([
  ["ssh", []],
  ["ssh", ["--stack"]],
  ["ssh", ["--stakc", "dev", "controller-0"]],
  ["etcdctl", ["--on", "controller-1"]],
])("%s %j cannot be understood", (tool, argv) => {
  expect(() => parseRequest(tool, argv)).toThrow(UsageError);
});
