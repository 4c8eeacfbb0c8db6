import { readFile, writeFile } from "node:fs/promises";
import type { LabStatus } from "../../../src/lab/index.ts";
import { onLab } from "../lab.ts";
import { call, compare } from "../measure.ts";
import { sshLine } from "../peer.ts";
import { type Group, pictl } from "../row.ts";

const logfile = "/var/tmp/bench.log";

/** What a busy small network writes: 24 hosts, 14 kinds of messages, a day and a half. */
const generator = `BEGIN {
  srand(1)
  kinds = split("sshd[%d]: Accepted publickey for deploy from 10.%d.%d.%d port %d ssh2: ED25519 SHA256:Zk4vN0hTqzX2b7lC9pWd8rJ5mYs1aUe3fGi6oKtQxRw|" \\
    "sshd[%d]: Failed password for invalid user admin from 203.%d.%d.%d port %d ssh2|" \\
    "kernel: [%d.%d] nf: DROP IN=eth0 OUT= SRC=198.51.%d.%d DST=10.0.0.7 LEN=60 TOS=0x00 PREC=0x00 TTL=52 PROTO=TCP DPT=%d|" \\
    "CRON[%d]: (root) CMD (cd / && run-parts --report /etc/cron.hourly %d %d %d %d)|" \\
    "systemd[1]: session-%d.scope: Deactivated successfully after %d.%ds, consumed %d.%ds CPU time.|" \\
    "dhclient[%d]: DHCPREQUEST for 10.%d.%d.%d on eth0 to 10.0.0.1 port %d|" \\
    "postfix/smtpd[%d]: connect from mail.example.org[192.%d.%d.%d]:%d|" \\
    "nginx[%d]: 10.%d.%d.%d - - \\"GET /api/v1/orders HTTP/1.1\\" 200 %d \\"-\\" \\"Mozilla/5.0 (X11; Linux x86_64)\\"|" \\
    "dockerd[%d]: level=warning msg=\\"cleaning up after shim disconnected\\" namespace=moby pid=%d.%d.%d.%d|" \\
    "app[%d]: request %d for customer %d took %d ms, %d rows|" \\
    "app[%d]: error: connection to 10.%d.%d.%d:%d timed out, will retry|" \\
    "named[%d]: client @0x7f%d%d 10.0.%d.%d#53: query: www.example.com IN A + (10.0.0.2)|" \\
    "rsyslogd: [origin software=\\"rsyslogd\\" swVersion=\\"8.%d.%d\\" x-pid=\\"%d\\" x-info=\\"%d %d\\"] rsyslogd was HUPed|" \\
    "smartd[%d]: Device: /dev/sda [SAT], SMART Usage Attribute: %d Temperature_Celsius changed from %d to %d (%d)", kind, "|")
  for (second = 0; written < bytes; second++) {
    day = 1 + int(second / 86400)
    time = sprintf("Nov %2d %02d:%02d:%02d ", day, second / 3600 % 24, second / 60 % 60, second % 60)
    for (count = 0; count < 70 && written < bytes; count++) {
      format = time "host%02d.example.org " kind[1 + int(rand() * kinds)] "\\n"
      line = sprintf(format, rand() * 24, rand() * 32768, rand() * 256, rand() * 256, rand() * 256, rand() * 65536)
      printf "%s", line
      written += length(line)
    }
  }
}`;

/** A log of 1 GB counted on its host, against its way through OpenSSH to `wc -l`. */
export const rows: Group = () =>
  onLab({ name: "bench-syslog", nodes: 1, docker: false }, async (lab) => {
    const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
    const changed = { ...config, rsyslog_host: "n1", rsyslog_logfile: logfile };
    await writeFile(lab.config, JSON.stringify(changed), { mode: 0o600 });
    await call(...pictl, "exec", "--timeout", "600", "--config", lab.config, write);
    const onOneMachine = await against(lab);
    const limit = ["tc", "qdisc", "add", "dev", "controller", "root", "tbf"];
    const gigabit = ["rate", "1gbit", "burst", "256kb", "latency", "20ms"];
    await call("nsenter", "--target", String(lab.switchPid), "--net", ...limit, ...gigabit);
    const overGigabit = await against(lab);
    const what = "wall time of rsyslog on a file of 1 GB against ssh cat | wc -l";
    return [
      { what: `${what}, over 1 Gbit/s`, value: overGigabit.ratio, atMost: 1, unit: "×" },
      { what: `${what}, both on this machine's processors`, value: onOneMachine.ratio, atMost: 1, unit: "×" },
      { what: "memory of rsyslog on a file of 1 GB", value: onOneMachine.peakBytes / 1e6, atMost: 100, unit: "MB" },
    ];
  });

const write = `awk -v bytes=1000000000 '${generator}' >${logfile}`;

async function against(lab: LabStatus): Promise<{ ratio: number; peakBytes: number }> {
  const { ours, cat } = await compare(
    {
      ours: [...pictl, "rsyslog", "--config", lab.config],
      cat: ["bash", "-o", "pipefail", "-c", `${sshLine(lab, 0)} cat ${logfile} | wc -l`],
    },
    3,
  );
  if (!ours || !cat) throw new Error("a peer is missing");
  return { ratio: ours.wallMs / cat.wallMs, peakBytes: ours.peakBytes };
}
