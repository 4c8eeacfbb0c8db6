/** What happens to containers, and to what they need on a node. */
import type { Fault } from "./stage.ts";

/** Its process ends without a word; Docker is not told to. */
export function containerKilled(node: string, container: string): Fault {
  return {
    name: `${container}@${node}: killed`,
    blocks: [],
    inject: async ({ lab }) => {
      await lab.inside(node, `docker kill ${container}`);
    },
    heal: () => Promise.resolve(),
  };
}

/** The process lives and no longer listens, until it is started again. For the image `app`. */
export function portClosed(node: string, container: string): Fault {
  return {
    name: `${container}@${node}: closes its port`,
    blocks: [],
    inject: async ({ lab }) => {
      await lab.inside(node, `docker exec ${container} sh -c 'kill "$(cat /server.pid)"'`);
    },
    heal: () => Promise.resolve(),
  };
}

/** Nobody reaches the port on that node, however often the container is started. */
export function portDropped(node: string, port: number): Fault {
  const rule = `PREROUTING -p tcp --dport ${port} -j DROP`;
  return {
    name: `${node}: port ${port} is dropped`,
    blocks: [],
    inject: async ({ lab }) => {
      await lab.inside(node, `iptables -t raw -I ${rule}`);
    },
    heal: async ({ lab }) => {
      // A node that lost its power in between has forgotten it.
      await lab.inside(node, `iptables -t raw -D ${rule} || :`);
    },
  };
}

/** A process of the node, unknown to Docker, sits on the port. */
export function portTaken(node: string, port: number): Fault {
  const pidFile = `/run/port-${port}.pid`;
  const listening = `:${port.toString(16).padStart(4, "0")} .* 0A `;
  return {
    name: `${node}: port ${port} is taken by a process`,
    blocks: [],
    inject: async ({ lab }) => {
      await lab.inside(node, `busybox httpd -f -p ${port} -h / >/dev/null 2>&1 & echo $! >${pidFile}`);
      await lab.inside(node, `until cat /proc/net/tcp /proc/net/tcp6 | grep -qi '${listening}'; do sleep 0.05; done`);
    },
    heal: async ({ lab }) => {
      // A node that lost its power in between has neither.
      await lab.inside(node, `[ ! -e ${pidFile} ] || kill $(cat ${pidFile})`);
    },
  };
}

/** A container of somebody else sits on the port. The node must have an image `app`. */
export function portTakenByStranger(node: string, port: number): Fault {
  return {
    name: `${node}: port ${port} is taken by a stranger's container`,
    blocks: [],
    inject: async ({ lab, auditor }) => {
      await lab.inside(node, `docker run -d --name squatter -p ${port}:80 app`);
      auditor.mark("stranger", { name: "squatter", nodes: [node], containers: ["squatter"] });
    },
    heal: async ({ lab, auditor }) => {
      const end = auditor.begin("by-hand", { name: "squatter leaves", nodes: [node] });
      await lab.inside(node, "docker rm -f squatter");
      end();
    },
  };
}

/**
 * The node's Docker gets a disk of its own of so many megabytes, which is then filled. What its Docker held before is
 * hidden meanwhile; for a node that holds no container.
 */
export function diskFull(node: string, megabytes: number): Fault {
  const folder = "/var/lib/docker";
  const stop = `kill $(cat /run/docker.pid); n=0; until [ -e /run/dockerd.exit ] || [ $n = 100 ]; do n=$((n + 1)); sleep 0.1; done`;
  return {
    name: `${node}: disk full`,
    blocks: [node],
    inject: async ({ lab }) => {
      await lab.inside(node, `${stop}; mount -t tmpfs -o size=${megabytes}m tmpfs ${folder}`);
      await lab.start(node);
      await lab.inside(node, `dd if=/dev/zero of=${folder}/filler bs=64k 2>/dev/null || :`);
    },
    heal: async ({ lab }) => {
      await lab.inside(node, `rm -f ${folder}/filler; ${stop}; umount -l ${folder}`);
      await lab.start(node);
    },
  };
}
