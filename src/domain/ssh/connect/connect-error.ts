import { PictlError } from "../../errors.ts";
import type { ConnectStage } from "./retry.ts";

export interface ConnectFailure {
  readonly node: string;
  /** `host:port`, with the hop it was reached through where there is one. */
  readonly address: string;
  readonly stage: ConnectStage;
  /** A system error code such as ECONNREFUSED, `TIMEOUT`, or `DROPPED` when the peer closed the connection. */
  readonly code: string;
  /** What the library or the peer said. */
  readonly detail: string;
  readonly attempts: number;
  /** Milliseconds. */
  readonly spentMs: number;
  readonly cause?: unknown;
}

/** Says why there is no connection, in the words of the one who has to do something about it. */
export function connectError(failure: ConnectFailure): PictlError {
  const { message, hint } = explain(failure);
  return new PictlError("node-unreachable", message, { node: failure.node, hint, cause: failure.cause });
}

interface Explanation {
  readonly message: string;
  readonly hint: string;
}

function explain(failure: ConnectFailure): Explanation {
  const { address, code, stage, detail } = failure;
  const seconds = (failure.spentMs / 1000).toFixed(1).replace(/\.0$/, "");
  switch (code) {
    case "ENOTFOUND":
    case "EAI_NONAME":
      return {
        message: `The name of ${address} does not resolve to an address.`,
        hint: "Check the spelling, or give the address as `nodes.NAME.address` in the config or HostName in ~/.ssh/config.",
      };
    case "EAI_AGAIN":
      return {
        message: `The name of ${address} could not be looked up: no name server answered.`,
        hint: "Check this machine's DNS (/etc/resolv.conf), or give the node's IP address in the config.",
      };
    case "ECONNREFUSED":
      return {
        message: `${address} refused the connection: the host is there, and no sshd listens on that port.`,
        hint: "Start sshd on it (`systemctl start ssh`), or give the right port in the config, as `ssh.port` or `nodes.NAME.port`.",
      };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return {
        message: `There is no route to ${address} (${code === "EHOSTUNREACH" ? "the host does not answer" : "no such network from here"}).`,
        hint: "Check that the machine is on and that this one is in the right network or VPN.",
      };
    case "EACCES":
    case "EPERM":
      return {
        message: `This machine's own firewall does not let a connection to ${address} out.`,
        hint: "Check the outgoing rules here (`nft list ruleset`).",
      };
    case "FORWARD":
      return {
        message: `The jump host could not connect to ${address}: ${detail}.`,
        hint: "Check the address as seen from the jump host, and that its sshd has AllowTcpForwarding.",
      };
    case "PROXY":
      return {
        message: `The ProxyCommand for ${address} ${detail}.`,
        hint: "Run `ssh -v` to the same host to see more; ssh_config says what the command is.",
      };
    case "PENALTY":
      return {
        message: `sshd at ${address} does not accept this machine's address at the moment ("${detail}").`,
        hint: "Earlier failures earned it a penalty (PerSourcePenalties in sshd_config); wait a minute.",
      };
    case "NEGOTIATION":
      return {
        message: `${address} and pictl have no ${detail} in common.`,
        hint: "Compare with `sshd -T` on the node; pictl speaks no SHA-1, no DSA and no host certificates.",
      };
    case "TIMEOUT":
      return timedOut(address, stage, seconds);
    case "DROPPED":
      return dropped(failure, seconds);
    default:
      return {
        message: `The connection to ${address} failed while ${doing[stage]}: ${detail}.`,
        hint: `Try \`ssh -v\` to the same host to see more.`,
      };
  }
}

const doing: Readonly<Record<ConnectStage, string>> = {
  resolve: "looking up its name",
  connect: "opening it",
  banner: "waiting for sshd's greeting",
  kex: "exchanging keys",
  auth: "authenticating",
};

function timedOut(address: string, stage: ConnectStage, seconds: string): Explanation {
  switch (stage) {
    case "resolve":
      return {
        message: `The name of ${address} was not looked up within ${seconds} s.`,
        hint: "Check this machine's DNS (/etc/resolv.conf), or give the node's IP address in the config.",
      };
    case "connect":
      return {
        message: `${address} did not answer within ${seconds} s.`,
        hint: "Check that the machine is on and that no firewall drops the port; raise `ssh.connect_timeout` for slow links.",
      };
    case "banner":
      return {
        message: `${address} accepted the connection and sent no SSH greeting within ${seconds} s.`,
        hint: "Another service listens on that port, or sshd is overloaded or stopped.",
      };
    case "kex":
    case "auth":
      return {
        message: `${address} stopped answering while ${doing[stage]} (${seconds} s).`,
        hint: "The machine may be overloaded or the network lossy; raise `ssh.connect_timeout` for slow links.",
      };
  }
}

function dropped({ address, stage, attempts, detail }: ConnectFailure, seconds: string): Explanation {
  const said = detail === "" ? "" : ` ("${detail}")`;
  if (stage === "auth") {
    return {
      message: `${address} closed the connection while authenticating${said}.`,
      hint: "The account may be locked, expired or denied (AllowUsers, PAM); sshd's log on the node says why.",
    };
  }
  return {
    message: `${address} closed the connection while ${doing[stage]}${said}, ${attempts} times in ${seconds} s.`,
    hint: "sshd may be at its MaxStartups limit, out of memory, or deny this address (hosts.deny, DenyUsers).",
  };
}
