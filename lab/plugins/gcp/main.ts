import { servePlugin } from "../framework";
import { gcpPlugin } from "./plugin";

void servePlugin(gcpPlugin());
