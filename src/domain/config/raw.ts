import type { CheckKindName } from "./types.ts";

/**
 * A config document of the right shape, as the schema in `src/adapters/config/schema` hands it over: keys as in the
 * file, numbers and switches already numbers and booleans, empty sections still null.
 */
export interface RawConfig extends RawHttp, RawVips, RawHeartbeat, RawLogs {
  readonly cluster?: string | undefined;
  readonly docker?: string | undefined;
  readonly dockerRegistries?: readonly string[] | null | undefined;
  readonly layout?: readonly RawLayoutRow[] | null | undefined;
  readonly networks?: Readonly<Record<string, string | null>> | null | undefined;
  readonly nodes?: Readonly<Record<string, RawNode | null>> | null | undefined;
  readonly ssh?: RawSsh | null | undefined;
  readonly hooks?: RawHooks | null | undefined;
  readonly notify?: readonly RawNotify[] | null | undefined;
  readonly commandlist?: readonly Readonly<Record<string, string>>[] | null | undefined;
  readonly autostart_containers?: boolean | undefined;
  readonly state_dir?: string | undefined;
  readonly stale_config?: "go-on" | "refuse" | undefined;
  readonly witnesses?: readonly string[] | null | undefined;
}

export interface RawHttp {
  readonly token?: string | undefined;
  readonly server_port?: number | undefined;
  readonly web_port?: number | undefined;
  readonly web_username?: string | undefined;
  readonly web_password?: string | undefined;
  readonly web_connect?: string | undefined;
  readonly http?: RawHttpSection | null | undefined;
  readonly ssl?: boolean | undefined;
  readonly ssl_cert?: string | undefined;
  readonly ssl_key?: string | undefined;
}

export interface RawHttpSection {
  readonly host?: string | undefined;
  readonly tls?: { readonly cert: string; readonly key: string } | null | undefined;
  readonly behind_proxy?: boolean | undefined;
  readonly trusted_proxies?: readonly string[] | null | undefined;
  readonly allowed_hosts?: readonly string[] | null | undefined;
  readonly terminal?: boolean | undefined;
  readonly legacy_routes?: boolean | undefined;
}

export interface RawHeartbeat {
  readonly hb?: readonly RawHeartbeatRow[] | null | undefined;
  readonly automatic_heartbeat?: boolean | undefined;
  readonly heartbeat_interval?: number | undefined;
  readonly failover_after?: number | undefined;
  readonly failover_policy?: "random" | "spread" | undefined;
  readonly container_host_constraints?: readonly { readonly container?: string | undefined }[] | null | undefined;
}

/** The section of the original at the top level, and any number of the same in a list. */
export interface RawVips extends RawVip {
  readonly vips?: readonly (RawVip & { readonly name?: string | undefined })[] | null | undefined;
}

export interface RawVip {
  readonly vip?: readonly RawVipRow[] | null | undefined;
  readonly vip_ip?: string | undefined;
  readonly vip_mode?: "static" | "lease" | undefined;
  readonly vip_lease?: number | undefined;
  readonly vip_preempt?: boolean | undefined;
}

export interface RawLogs {
  readonly syslog?: string | undefined;
  readonly rsyslog_host?: string | undefined;
  readonly rsyslog_logfile?: string | undefined;
  readonly kibana?: string | undefined;
  readonly monitoring?: string | undefined;
  readonly elasticsearch?: string | undefined;
  readonly elasticsearch_index?: string | undefined;
  readonly elasticsearch_auth?: RawElasticAuth | null | undefined;
  readonly elasticsearch_ca?: string | undefined;
}

export interface RawElasticAuth {
  readonly api_key?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** `node` and, under any other key, a container. */
export type RawLayoutRow = { readonly node: string } & Readonly<Record<string, string | RawContainer | null>>;

export interface RawContainer {
  readonly args?: string | undefined;
  readonly image?: string | undefined;
  readonly build?: string | undefined;
  readonly command?: string | readonly string[] | undefined;
  readonly restart?: "never" | undefined;
  readonly env?: Readonly<Record<string, string>> | null | undefined;
  readonly env_file?: string | undefined;
  readonly secrets?: Readonly<Record<string, string>> | null | undefined;
  readonly hooks?: RawHooks | null | undefined;
  readonly shared?: boolean | undefined;
  readonly after?: readonly string[] | null | undefined;
  readonly renamed_from?: string | undefined;
  readonly patience?: number | undefined;
  readonly update?: RawUpdate | null | undefined;
}

export interface RawUpdate {
  /** A number, or `25%`. */
  readonly at_once?: number | string | undefined;
  readonly swap?: "stop-first" | undefined;
  readonly on_failure?: "rollback" | undefined;
}

/** `node` and, under any other key, the port or the check of a container. */
export type RawHeartbeatRow = { readonly node: string } & Readonly<Record<string, string | number | RawCheck>>;

export type RawCheck = { readonly check: CheckKindName; readonly timeout?: number | undefined } & Readonly<
  Record<string, unknown>
>;

export interface RawVipRow {
  readonly node: string;
  readonly vip_eth_device: string;
  readonly slave?: string | undefined;
  readonly vip_ping_time?: number | undefined;
}

export interface RawSsh {
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly identity_file?: string | undefined;
  readonly proxy_jump?: string | undefined;
  /** Seconds. */
  readonly connect_timeout?: number | undefined;
  readonly sudo?: boolean | undefined;
  readonly known_hosts_file?: string | undefined;
}

export interface RawNode extends RawSsh {
  readonly address?: string | undefined;
  readonly builder?: boolean | undefined;
  readonly cordoned?: boolean | undefined;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
}

export interface RawNotify {
  readonly to: string;
  readonly on?: readonly string[] | null | undefined;
  readonly every?: string | undefined;
}

export interface RawHooks {
  readonly on_move?: string | undefined;
  readonly on_failover?: string | undefined;
  readonly on_vip_change?: string | undefined;
  readonly on_heartbeat_failure?: string | undefined;
  readonly on_switch?: string | undefined;
  readonly on_node_change?: string | undefined;
  readonly on_failure?: string | undefined;
  readonly on_leader_change?: string | undefined;
}
