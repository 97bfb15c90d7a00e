import { baseImageDir, buildBaseImage, RELEASES } from "./baseImage";

async function main(family = "debian-12"): Promise<void> {
  const release = RELEASES[family];
  if (!release) throw new Error(`image: got ${family}; use one of ${Object.keys(RELEASES).join(", ")}`);
  const built = await buildBaseImage(release);
  console.log(`${built ? "built" : "found"} the node image ${baseImageDir(release)}`);
}

main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
