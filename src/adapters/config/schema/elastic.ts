import * as z from "zod/mini";
import { path } from "./layout.ts";
import { described, section, strict, textThat } from "./values.ts";

const url = () => textThat("a URL that begins with http:// or https://", /^https?:\/\/[^\s/]/);
const secret = (what: string) => textThat(`${what}, as env:NAME, file:PATH or in plain`, /./);

/** Keys of the top level that are about Elasticsearch and Kibana. */
export const elasticKeys = {
  kibana: z.optional(
    described(url(), "Address of Kibana 8, for `pictl kibana`. Without it, there are no links.", {
      example: "https://127.0.0.1:5601",
    }),
  ),
  monitoring: z.optional(
    described(textThat("a URL"), "What later versions of PiCluster called `kibana`. Without it, `kibana` counts.", {
      example: "https://127.0.0.1:5601",
    }),
  ),
  elasticsearch: z.optional(
    described(
      url(),
      "Address of an Elasticsearch or OpenSearch, to which `pictl daemon` ships events and measures. Without it, they stay here.",
      {
        example: "http://127.0.0.1:9200",
      },
    ),
  ),
  elasticsearch_index: z.optional(
    described(
      textThat("an index name", /^[a-z0-9][^\s\\/*?"<>|,#A-Z]*$/),
      "What the names of data streams have in the place of pictl: logs-pictl.events-CLUSTER, metrics-pictl.node-CLUSTER, metrics-pictl.container-CLUSTER.",
      { default: "pictl", example: "shop" },
    ),
  ),
  elasticsearch_auth: described(
    section(
      strict(
        {
          api_key: z.optional(
            described(secret("an API key, encoded"), "An API key. Without it, username and password count.", {
              example: "env:ES_API_KEY",
            }),
          ),
          username: z.optional(
            described(textThat("a user name", /./), "A user of Elasticsearch. Without it, the API key counts.", {
              example: "pictl",
            }),
          ),
          password: z.optional(
            described(secret("a password"), "The user's password. Without it, the API key counts.", {
              example: "file:es.password",
            }),
          ),
        },
        'an object such as {"api_key": "env:ES_API_KEY"} or {"username": "pictl", "password": "file:es.password"}',
      ),
    ),
    "How pictl logs in to Elasticsearch and Kibana. Without it, it does not.",
    { example: { api_key: "env:ES_API_KEY" } },
  ),
  elasticsearch_ca: z.optional(
    described(
      path(),
      "File with the certificate (PEM) of the CA of Elasticsearch and Kibana. Without it, those that Node trusts.",
      {
        example: "es-ca.crt",
      },
    ),
  ),
};
