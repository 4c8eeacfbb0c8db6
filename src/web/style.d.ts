declare module "*.css" {
  /** Of a package: its text. */
  const text: string;
  // oxlint-disable-next-line eslint-js/no-restricted-syntax -- it is what the bundler makes
  export default text;
}
