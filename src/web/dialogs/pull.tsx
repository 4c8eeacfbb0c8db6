import { useState } from "preact/hooks";
import type { FoundImage, ImageTag } from "../../domain/registry/listing.ts";
import { Act } from "../parts/controls/act.tsx";
import { Failures } from "../parts/results/failures.tsx";
import { Field, meant, NodeChoice, Switch } from "../parts/controls/fields.tsx";
import { useLook } from "../parts/results/use-look.ts";
import { deed } from "../state/doing.ts";

/** An image from a registry onto nodes: by its name, or found in the registries first. */
export function Pull({ onClose }: { readonly onClose: () => void }) {
  const [image, setImage] = useState("");
  const [nodes, setNodes] = useState<readonly string[]>([]);
  const [as, setAs] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [keepLogin, setKeepLogin] = useState(false);
  const name = image.trim();
  const login = username.trim() === "" ? {} : { username: username.trim(), password, keepLogin };
  const input = { image: name, ...meant(nodes), as: as.trim(), ...login };
  return (
    <Act
      title="Pull an image"
      deed={name === "" ? undefined : deed("image.pull", input, { title: `Pull ${name}` })}
      onClose={onClose}
    >
      <Field
        label="Image"
        value={image}
        onValue={setImage}
        autofocus
        placeholder="nginx:1.27, or what to search for"
        hint="NAME, NAME:TAG, REGISTRY/NAME:TAG or NAME@DIGEST"
      />
      <Found name={name} onImage={setImage} />
      <NodeChoice label="On" value={nodes} onValue={setNodes} all="all nodes" />
      <details>
        <summary>Another name on the nodes, or a login</summary>
        <div class="columns">
          <Field label="Give it this name, too" value={as} onValue={setAs} />
          <Field label="User at the registry" value={username} onValue={setUsername} />
          <Field label="Password" secret value={password} onValue={setPassword} />
        </div>
        {username.trim() !== "" && <Switch label="Leave the nodes logged in" on={keepLogin} onChange={setKeepLogin} />}
      </details>
    </Act>
  );
}

/** Images of that name in the registries, and the tags of one. */
function Found({ name, onImage }: { readonly name: string; readonly onImage: (image: string) => void }) {
  const [term, setTerm] = useState("");
  const [tagsOf, setTagsOf] = useState("");
  const found = useLook<{ images: readonly FoundImage[] }>("registry.search", term === "" ? undefined : { term });
  const tags = useLook<{ tags: readonly ImageTag[] }>("registry.tags", tagsOf === "" ? undefined : { image: tagsOf });
  const plain = name.replace(/[:@][^/]*$/, "");
  return (
    <>
      <div class="buttons">
        <button type="button" disabled={name === "" || found.busy} onClick={() => setTerm(plain)}>
          {found.busy ? "Searching …" : "Search the registries"}
        </button>
        <button type="button" disabled={name === "" || tags.busy} onClick={() => setTagsOf(plain)}>
          {tags.busy ? "Asking …" : "Its tags"}
        </button>
      </div>
      <Failures failures={[...found.failures, ...tags.failures]} />
      {(found.result?.images.length ?? 0) > 0 && (
        <ul class="picks" aria-label="Found">
          {found.result?.images.slice(0, 20).map(({ registry, image, description, stars, official }) => (
            <li key={`${registry} ${image}`}>
              <button type="button" class="link" onClick={() => onImage(image)}>
                {image}
              </button>
              {official && <span class="tag">official</span>}
              {stars !== null && <span class="quiet">★ {stars}</span>}
              <span class="detail">{description}</span>
            </li>
          ))}
        </ul>
      )}
      {(tags.result?.tags.length ?? 0) > 0 && (
        <ul class="picks" aria-label="Tags">
          {tags.result?.tags.slice(0, 30).map(({ registry, image, tag }) => (
            <li key={`${registry} ${image} ${tag}`}>
              <button type="button" class="chip" onClick={() => onImage(`${image}:${tag}`)}>
                {tag}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
