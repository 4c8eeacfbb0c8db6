let done = false;

/** The terminal makes `<style>` elements: each gets the nonce that this page's policy names. */
export function allowStyles(): void {
  if (done) return;
  done = true;
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  const { createElement } = document as { readonly createElement: (...what: unknown[]) => HTMLElement };
  const withNonce = (...what: unknown[]): HTMLElement => {
    const element = createElement.call(document, ...what);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
  Object.assign(document, { createElement: withNonce });
}
