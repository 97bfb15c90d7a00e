import { MetadataLab } from "./guest";

let lab: MetadataLab;
beforeEach(async () => {
  lab = new MetadataLab();
  await lab.start();
});
afterEach(() => lab.close());

const NAME = "/computeMetadata/v1/instance/name";

describe("who may ask", () => {
  test("the header Metadata-Flavor: Google is needed, and answered", async () => {
    expect(await lab.ask(NAME)).toMatchObject({
      status: 200,
      text: "controller-0",
      headers: {
        "metadata-flavor": "Google",
        "content-type": "application/text",
        server: "Metadata Server for VM",
      },
    });
    for (const headers of [{}, { "Metadata-Flavor": "google" }, { "X-Metadata-Flavor": "Google" }]) {
      const {
        status,
        text,
        headers: answered,
      } = await lab.ask(NAME, { headers: headers as Record<string, string> });
      expect(status).toBe(403);
      expect(text).not.toContain("controller-0");
      expect(answered["metadata-flavor"]).toBe("Google");
    }
  });

  test("a forwarded request is refused, a PUT too", async () => {
    const headers = { "Metadata-Flavor": "Google", "X-Forwarded-For": "10.0.0.1" };
    expect((await lab.ask(NAME, { headers })).status).toBe(403);
    const put = "/computeMetadata/v1/instance/guest-attributes/a/b";
    expect((await lab.ask(put, { method: "PUT", body: "x", headers })).status).toBe(403);
    expect((await lab.ask(put)).status).toBe(404);
  });

  test("an address that is no instance's learns nothing", async () => {
    for (const path of [NAME, "/computeMetadata/v1/", "/computeMetadata/v1/?recursive=true"])
      expect(await lab.ask(path, { from: "127.0.0.11" })).toMatchObject({ status: 404, text: "Not found\n" });
  });

  test("the root needs no header: programs ask it whether they run on GCE", async () => {
    expect(await lab.ask("/", { headers: {} })).toMatchObject({
      status: 200,
      text: "computeMetadata/\n",
      headers: { "metadata-flavor": "Google" },
    });
  });
});

describe("paths", () => {
  test.each([
    ["instance/id", "1234567890123456789"],
    ["instance/hostname", "controller-0.us-west1-c.c.p1.internal"],
    ["instance/zone", "projects/424242424242/zones/us-west1-c"],
    ["instance/machine-type", "projects/424242424242/machineTypes/e2-standard-2"],
    ["instance/tags", '["controller","kubernetes"]'],
    ["instance/attributes/startup-script", "#!/bin/sh\ntrue\n"],
    ["instance/network-interfaces/0/ip", "127.0.0.10"],
    ["instance/network-interfaces/0/mac", "42:01:7f:00:00:0a"],
    ["instance/network-interfaces/0/network", "projects/424242424242/networks/kthw"],
    ["instance/network-interfaces/0/access-configs/0/external-ip", "198.51.100.10"],
    ["instance/service-accounts/default/scopes", "scope-one\nscope-two"],
    ["instance/service-accounts/default/email", "a@p1.iam.gserviceaccount.com"],
    ["project/project-id", "p1"],
    ["project/numeric-project-id", "424242424242"],
  ])("%s", async (path, value) => {
    expect(await lab.text(path)).toBe(value);
  });

  test("a folder lists its entries, folders with a slash", async () => {
    expect(await lab.text("")).toBe("instance/\noslogin/\nproject/\n");
    expect(await lab.text("instance/network-interfaces/")).toBe("0/\n");
    expect(await lab.text("instance/attributes/")).toBe(
      "ssh-keys\nstartup-script\nid\nenable-guest-attributes\n",
    );
  });

  test("a folder without its slash is elsewhere", async () => {
    const path = "/computeMetadata/v1/instance/attributes";
    expect(await lab.ask(path)).toMatchObject({ status: 301, headers: { location: `${path}/` } });
  });

  test.each([
    "/computeMetadata/v1/instance/attributes/other",
    "/computeMetadata/v1/instance/name/more",
    "/computeMetadata/v1/instance/attributes/__proto__",
    "/computeMetadata/v2/",
    "/computeMetadata/",
  ])("%s is not there", async (path) => {
    expect(await lab.ask(path)).toMatchObject({ status: 404, text: "Not found\n" });
  });
});

describe("the host's name", () => {
  test("is the one that the instance was given, where it was", async () => {
    const [{ path, resource } = { path: "", resource: {} }] = lab.store.list("projects/");
    lab.store.put(path, { ...resource, hostname: "c0.example.com" });
    expect(await lab.text("instance/hostname")).toBe("c0.example.com");
  });
});
