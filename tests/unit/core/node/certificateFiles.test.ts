import { parseCertificateFiles, renderCertificateFiles } from "../../../../core/node/certificateFiles";

test("each file follows its name, and every part ends its line", () => {
  const text = renderCertificateFiles("run 1", { "ca.pem": "CA\n", "kubernetes-key.pem": "KEY" });
  expect(text).toBe("run 1\n=== ca.pem\nCA\n=== kubernetes-key.pem\nKEY\n");
  expect(parseCertificateFiles(text)).toEqual({ "ca.pem": "CA\n", "kubernetes-key.pem": "KEY\n" });
});
