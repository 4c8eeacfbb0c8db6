declare module "*.css" {
  /** Of a package: its text. */
  const text: string;
  // eslint-disable-next-line no-restricted-syntax -- it is what the bundler makes
  export default text;
}
