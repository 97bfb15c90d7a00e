import { makeLeaf, makePki, type Pki, TLS } from "./harness/pem";
import { Provider, type Resource } from "./harness/provider";
import type { WireMap } from "./harness/wire";

/*
 * When a certificate is renewed, which only some recordings show:
 * https://github.com/hashicorp/terraform-provider-tls/blob/v4.2.1/internal/provider/common_cert.go
 * https://github.com/hashicorp/terraform-provider-tls/blob/v4.2.1/internal/provider/attribute_plan_modifier_bool/default_value.go
 */
const HOUR_MS = 3_600_000;

let tls: Provider;
let pki: Pki;
beforeAll(async () => {
  tls = await Provider.start("tls");
  pki = await makePki(tls);
});
afterAll(() => tls?.stop());

describe("early renewal", () => {
  const cases: [title: string, inputs: WireMap, ready: boolean][] = [
    ["not before its window", { validityPeriodHours: 10, earlyRenewalHours: 9 }, false],
    ["not without a window", { validityPeriodHours: 1 }, false],
    ["in a window as long as the validity", { validityPeriodHours: 10, earlyRenewalHours: 10 }, true],
    ["in a window longer than the validity", { validityPeriodHours: 10, earlyRenewalHours: 11 }, true],
    ["without any validity", { validityPeriodHours: 0 }, true],
  ];
  test.each(cases)("%s", async (_, inputs, ready) => {
    const leaf = await makeLeaf(tls, pki, inputs);
    expect(leaf.outputs.readyForRenewal).toBe(ready);
    const { changes, replaces } = await tls.diff(TLS.locallySignedCert, leaf, leaf.inputs);
    expect({ changes, replaces }).toEqual(
      ready ? { changes: "SOME", replaces: ["readyForRenewal"] } : { changes: "NONE", replaces: [] },
    );
  });

  test("a window that has begun since is seen by a diff, and by a refresh", async () => {
    const leaf = aged(await makeLeaf(tls, pki, { validityPeriodHours: 10, earlyRenewalHours: 2 }), 9);
    expect(leaf.outputs.readyForRenewal).toBe(false);
    expect((await tls.diff(TLS.locallySignedCert, leaf, leaf.inputs)).replaces).toEqual(["readyForRenewal"]);
    const refreshed = await tls.read(TLS.locallySignedCert, leaf);
    expect(refreshed?.outputs).toEqual({ ...leaf.outputs, readyForRenewal: true });
    expect(refreshed?.id).toBe(leaf.id);
  });

  test("a window that has not begun is left alone by both", async () => {
    const leaf = aged(await makeLeaf(tls, pki, { validityPeriodHours: 10, earlyRenewalHours: 2 }), 7);
    expect((await tls.diff(TLS.locallySignedCert, leaf, leaf.inputs)).changes).toBe("NONE");
    expect((await tls.read(TLS.locallySignedCert, leaf))?.outputs).toEqual(leaf.outputs);
  });

  test("a changed window alone updates in place and keeps the certificate", async () => {
    const leaf = await makeLeaf(tls, pki, { validityPeriodHours: 10, earlyRenewalHours: 2 });
    const { earlyRenewalHours: _, ...without } = leaf.inputs;
    expect(await tls.diff(TLS.locallySignedCert, leaf, without)).toMatchObject({
      changes: "SOME",
      replaces: [],
    });
    const updated = await tls.update(TLS.locallySignedCert, leaf, without);
    expect(updated.outputs).toEqual({ ...leaf.outputs, earlyRenewalHours: 0 });
  });
});

/** The resource as if it had been made some hours ago. */
function aged(resource: Resource, hours: number): Resource {
  const earlier = (time: unknown) => new Date(Date.parse(time as string) - hours * HOUR_MS).toISOString();
  const { validityStartTime, validityEndTime } = resource.outputs;
  return {
    ...resource,
    outputs: {
      ...resource.outputs,
      validityStartTime: earlier(validityStartTime),
      validityEndTime: earlier(validityEndTime),
    },
  };
}
