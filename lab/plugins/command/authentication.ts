import { createConnection } from "node:net";
import { type AnyAuthMethod, type AuthHandlerMiddleware, utils } from "ssh2";
import type { Endpoint } from "./connection";

/** How to log in, checked before any connection is opened. */
export interface Authentication {
  /** Offers one method after the other to the server, as Go's ssh package does. */
  readonly handler: AuthHandlerMiddleware;
  /** The methods offered so far. */
  readonly tried: readonly string[];
}

/** Reads the private key and looks for the agent; either's failure is final, in the words of Go's packages. */
export async function authentication(endpoint: Endpoint): Promise<() => Authentication> {
  const { user: username, privateKey, privateKeyPassword, password } = endpoint;
  const methods: AnyAuthMethod[] = [];
  if (privateKey !== undefined) {
    checkPrivateKey(privateKey, privateKeyPassword);
    methods.push({
      type: "publickey",
      username,
      key: privateKey,
      ...(privateKeyPassword === undefined ? {} : { passphrase: privateKeyPassword }),
    });
  }
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    const prompt = (...[, , , prompts, finish]: Parameters<KeyboardPrompt>) =>
      finish(prompts.map(() => password));
    methods.push({ type: "keyboard-interactive", username, prompt });
  }
  const agent = endpoint.agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
  if (agent !== undefined) {
    await checkAgent(agent);
    // Go offers each method once: with a private key, the agent's keys aren't tried.
    if (privateKey === undefined) methods.push({ type: "agent", username, agent });
  }
  return () => offerInTurn([{ type: "none", username }, ...methods]);
}

type KeyboardPrompt = Extract<AnyAuthMethod, { type: "keyboard-interactive" }>["prompt"];

function offerInTurn(methods: AnyAuthMethod[]): Authentication {
  const left = [...methods];
  const tried: string[] = [];
  const handler = (
    accepted: readonly string[] | null,
    _partial: unknown,
    next: (method: AnyAuthMethod | false) => void,
  ) => {
    const index = left.findIndex((method) => accepted === null || accepted.includes(protocolName(method)));
    const [method] = index < 0 ? [] : left.splice(index, 1);
    if (method) tried.push(protocolName(method));
    next(method ?? false);
  };
  return { handler: handler as AuthHandlerMiddleware, tried };
}

function protocolName({ type }: AnyAuthMethod): string {
  return type === "agent" ? "publickey" : type;
}

function checkPrivateKey(pem: string, password: string | undefined): void {
  const encrypted = utils.parseKey(pem) instanceof Error && /ENCRYPTED|OPENSSH/.test(pem);
  const parsed = utils.parseKey(pem, password);
  if (!(parsed instanceof Error)) {
    if (password !== undefined && !encrypted) throw new Error("ssh: key is not password protected");
    return;
  }
  if (!encrypted) throw new Error("ssh: no key found");
  throw new Error(
    password === undefined
      ? "ssh: this private key is passphrase protected"
      : "x509: decryption password incorrect",
  );
}

function checkAgent(path: string): Promise<void> {
  if (path === "") return Promise.reject(new Error("dial unix: missing address"));
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      const reason = code === "ENOENT" ? "no such file or directory" : "connection refused";
      reject(new Error(`dial unix ${path}: connect: ${reason}`));
    });
  });
}
