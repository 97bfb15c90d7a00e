export { judgePreview } from "./judge";
export { renderMarkdown } from "./markdown";
export { overridesInBody } from "./overrides";
export { GuardInputError } from "./preview";
export type { Report } from "./report";
