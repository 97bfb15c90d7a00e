import { Lab, NOT_DEFAULT } from "../e2e/harness/lab";

const lab = new Lab();

beforeAll(() => lab.boot());
afterAll(() => lab.down());

// One stack through every failure of a first run, each fixed before the next: what a failed run leaves
// must be something that the next one finishes.
describe("a first up that fails", () => {
  test("on bad settings says all of them at once, before anything is created", async () => {
    const { status, output } = await lab.up({
      controllerCount: "4",
      etcdVersion: "3.5.1",
      // Without it the lab says first that its mirror has no such version.
      etcdSha256: "0".repeat(64),
      sshReach: "telnet",
      contollerCount: "3",
    });
    expect(status).not.toBe(0);
    expect(output).toContain("nothing was changed");
    expect(output).toContain("- controllerCount: got 4; use 1, 3, 5 or 7");
    expect(output).toContain('- etcdVersion: got "3.5.1"; 3.5.0 to 3.5.2 corrupt data; use 3.5.33');
    expect(output).toContain('- sshReach: got "telnet"; use internal, external or bastion');
    expect(output).toContain("- contollerCount: got a value; there is no such setting");
    expect(await lab.api("GET", `global/networks?filter=${NOT_DEFAULT}`)).not.toHaveProperty("items");
    await lab.unset("controllerCount", "etcdVersion", "etcdSha256", "sshReach", "contollerCount");
  });

  test("on a version whose checksum is unknown, before anything is created", async () => {
    // The lab adds the checksum of its own builds, so one that it has not built is asked for directly.
    await lab.set({ etcdVersion: "3.4.45", etcdSha256: "not-a-checksum" });
    const { status, output } = await lab.up();
    expect(status).not.toBe(0);
    expect(output).toContain(
      '- etcdSha256: got "not-a-checksum"; write the tarball\'s sha256 as 64 lower-case hex digits',
    );
    expect(await lab.api("GET", `global/networks?filter=${NOT_DEFAULT}`)).not.toHaveProperty("items");
    await lab.unset("etcdVersion", "etcdSha256");
  });

  test("on a wrong checksum unpacks nothing and says what was got and expected", async () => {
    const wrong = "0".repeat(64);
    const { status, output } = await lab.up({ etcdSha256: wrong });
    expect(status).not.toBe(0);
    expect(output).toMatch(
      new RegExp(
        `wrong checksum of http://10\\.240\\.0\\.1:8701/etcd/v3\\.4\\.10/\\S+: got [0-9a-f]{64}, expected ${wrong}`,
      ),
    );
    expect(output).toContain("nothing was unpacked. Check etcdSha256 or the mirror");
    expect(await lab.onHost("controller-0", "sh", "-c", "ls -A /opt/etcd")).toBe("");
    await lab.unset("etcdSha256");
  });

  test("on a node without room says how much is missing", async () => {
    await lab.onHost(
      "controller-2",
      "sh",
      "-c",
      "fallocate -l $(($(df --output=avail -B1 / | tail -n1) - 200000000)) /fill",
    );
    const { status, output } = await lab.up();
    await lab.onHost("controller-2", "rm", "/fill");
    expect(status).not.toBe(0);
    expect(output).toMatch(
      /controller-2: install: ERROR BOOT_DISK_FULL: no space for the release: \d+ MiB free .*, 300 MiB needed/,
    );
    expect(output).toContain("free some space or raise bootDiskSizeGb");
  });

  test("on an unreachable host names it and leaves the others in peace", async () => {
    await lab.must("power-off", "controller-1");
    const { status, output } = await lab.up({ sshDialErrorLimit: "2" });
    expect(status).not.toBe(0);
    expect(output).toMatch(/member-1-\w+.*\n(.*\n)*.*after 2 failed attempts: dial tcp 10\.240\.0\.11:22: /);
    await lab.must("reset", "controller-1");
  });

  test("on another host key refuses to talk to the host", async () => {
    const key = "/etc/ssh/pinned_host_ed25519_key";
    await lab.onHost(
      "controller-1",
      "sh",
      "-c",
      "for i in $(seq 100); do systemctl is-active -q ssh && break; sleep 0.2; done",
    );
    await lab.onHost(
      "controller-1",
      "sh",
      "-c",
      `mv ${key} /root/kept && ssh-keygen -q -t ed25519 -N '' -f ${key} && systemctl restart ssh`,
    );
    const { status, output } = await lab.up();
    await lab.onHost("controller-1", "sh", "-c", `mv /root/kept ${key} && systemctl restart ssh`);
    expect(status).not.toBe(0);
    expect(output).toContain("after 2 failed attempts: ssh: handshake failed: ssh: host key mismatch");
  });

  test("is finished by the next one, with the seed's members", async () => {
    await lab.unset("sshDialErrorLimit");
    const { status, output } = await lab.up();
    expect([status, output]).toEqual([0, expect.stringContaining("memberList")]);
    const { stdout } = await lab.must("etcdctl", "member", "list");
    expect(stdout.match(/^\w+/gm)).toEqual(["3a57933972cb5131", "f98dc20bce6225a0", "ffed16798470cab5"]);
  });
});
