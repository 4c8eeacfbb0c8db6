let done = false;

/** The terminal makes `<style>` elements: each gets the nonce that this page's policy names. */
export function allowStyles(): void {
  if (done) return;
  done = true;
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  const make = document.createElement.bind(document) as (...what: unknown[]) => HTMLElement;
  const withNonce = (...what: unknown[]): HTMLElement => {
    const element = make(...what);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
  Object.assign(document, { createElement: withNonce });
}
