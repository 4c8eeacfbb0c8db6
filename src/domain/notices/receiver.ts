/** Who gets a notice and in which form, as `to` says; the URL may hold a password or be one. */
export type Receiver =
  | { readonly kind: "json" | "slack"; readonly url: string; readonly shown: string }
  | { readonly kind: "ntfy"; readonly url: string; readonly authorization: string | undefined; readonly shown: string }
  | {
      readonly kind: "mail";
      readonly to: readonly string[];
      readonly from: string | undefined;
      readonly shown: string;
    };

const receiverForms =
  "https://HOST/PATH (gets JSON), ntfy://HOST/TOPIC, slack://HOST/PATH (a Slack or Mattermost webhook), or mailto:ADDRESS";

/**
 * Reads a receiver. `ntfy` and `slack` speak HTTPS; `ntfy+http` and `slack+http` are for servers without it. A string
 * is what is wrong, as a sentence without the text, which may be a secret.
 */
export function parseReceiver(text: string): Receiver | string {
  const [, scheme = ""] = /^([a-z][a-z0-9+]*):/i.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case "http":
    case "https":
      return web("json", text, text);
    case "slack":
    case "slack+http":
      return web("slack", text.replace(/^slack\+http:/i, "http:").replace(/^slack:/i, "https:"), text);
    case "ntfy":
    case "ntfy+http":
      return ntfy(text.replace(/^ntfy\+http:/i, "http:").replace(/^ntfy:/i, "https:"), text);
    case "mailto":
      return mail(text);
    default:
      return `it is none of ${receiverForms}`;
  }
}

function web(kind: "json" | "slack", url: string, text: string): Receiver | string {
  if (!URL.canParse(url)) return "the URL cannot be read";
  return { kind, url, shown: shownUrl(url, text) };
}

function ntfy(address: string, text: string): Receiver | string {
  if (!URL.canParse(address)) return "the URL cannot be read";
  const url = new URL(address);
  const { username, password } = url;
  if (!/^\/[-_A-Za-z0-9]{1,64}$/.test(url.pathname)) {
    return "a topic is missing: expected ntfy://HOST/TOPIC, with letters, digits, - and _ in the topic";
  }
  [url.username, url.password] = ["", ""];
  // ntfy takes an access token in the place of a user's name, too.
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization =
    username === "" ? undefined : password === "" ? `Bearer ${decodeURIComponent(username)}` : `Basic ${btoa(login)}`;
  return { kind: "ntfy", url: url.href, authorization, shown: shownUrl(address, text) };
}

function mail(text: string): Receiver | string {
  const [addresses = "", query = ""] = text.slice("mailto:".length).split("?");
  const to = addresses.split(",").map((each) => decodeURIComponent(each).trim());
  const from = new URLSearchParams(query).get("from") ?? undefined;
  const wrong = [...to, ...(from === undefined ? [] : [from])].find(
    (each) => !/^[^\s@<>",;:\\]+@[^\s@<>",;:\\]+$/.test(each),
  );
  if (wrong !== undefined) return `"${wrong}" is no address: expected mailto:NAME@DOMAIN, several with commas between`;
  return { kind: "mail", to, from, shown: `mailto:${to.join(",")}` };
}

/** Enough to tell receivers apart: paths are passwords of webhooks, and topics of ntfy. */
function shownUrl(url: string, text: string): string {
  return `${text.slice(0, text.indexOf(":"))}://${new URL(url).host}/…`;
}
