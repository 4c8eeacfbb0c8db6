import type { Config } from "../domain/config/types.ts";
import { indexTemplates } from "../domain/elastic/templates.ts";
import { PictlError } from "../domain/errors.ts";
import { kibanaLinks, type Link } from "../domain/kibana/links.ts";
import { savedObjects } from "../domain/kibana/saved-objects.ts";
import type { Report } from "./kit/report.ts";
import type { Elastic, Kibana } from "./ports.ts";

/** The dashboards as Kibana imports them. */
export function kibanaObjects(config: Config): string {
  return savedObjects(placeOf(config));
}

/** Throws usage where the config names no Kibana. */
export function linksInto(
  config: Config,
  about: { readonly container: string | undefined; readonly node: string | undefined; readonly from: string },
): Report<{ links: readonly Link[] }> {
  const { kibana } = config;
  if (kibana === undefined) throw noKibana();
  return { result: { links: kibanaLinks({ ...placeOf(config), ...about, kibana }) }, failures: [] };
}

/** Puts the templates and then the dashboards where they belong. Rejects with usage and as `Elastic` does. */
export async function setUpKibana(
  config: Config,
  { elastic, kibana }: { readonly elastic: Elastic | undefined; readonly kibana: Kibana | undefined },
  signal: AbortSignal,
): Promise<Report<{ templates: number; objects: number }>> {
  if (!kibana) throw noKibana();
  try {
    let templates = 0;
    await elastic?.putTemplates((server) => {
      const made = indexTemplates(placeOf(config).dataset, server);
      templates = made.length;
      return made;
    }, signal);
    const objects = await kibana.importObjects(kibanaObjects(config));
    return { result: { templates, objects }, failures: [] };
  } finally {
    await elastic?.close();
  }
}

function placeOf({ cluster, elasticsearch }: Config): { readonly dataset: string; readonly cluster: string } {
  return { dataset: elasticsearch?.dataset ?? "pictl", cluster };
}

function noKibana(): PictlError {
  return new PictlError("usage", "The config names no Kibana.", { hint: 'Add `"kibana": "https://HOST:5601"`.' });
}
