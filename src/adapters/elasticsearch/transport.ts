import { SniffingTransport as Transport } from "@elastic/elasticsearch";

/**
 * Speaks plain JSON, as every version and OpenSearch understand it. By itself the client asks for the answers of version 8
 * with a media type that 7 refuses, and refuses who does not call itself an Elasticsearch; what pictl asks for is the same
 * everywhere.
 */
export class PlainTransport extends Transport {
  constructor(options: ConstructorParameters<typeof Transport>[0]) {
    const plain = { ...options, vendoredHeaders: {} };
    delete plain.productCheck;
    super(plain);
  }
}
