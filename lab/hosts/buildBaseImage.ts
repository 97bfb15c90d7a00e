import { baseImageDir, buildBaseImage } from "./baseImage";

buildBaseImage().then(
  (built) => console.log(`${built ? "built" : "found"} the node image ${baseImageDir()}`),
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
