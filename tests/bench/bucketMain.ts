import { Bucket } from "./bucket";

/** Serves a bucket on a port of the loopback interface until SIGTERM, and prints what it has taken. */
const bucket = new Bucket();
void bucket.listen(Number(process.argv[2])).then(() => console.log("serving"));
process.on("SIGTERM", () => {
  console.log(JSON.stringify(bucket.counts));
  process.exit();
});
