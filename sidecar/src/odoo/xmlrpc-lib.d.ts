/** The two halves of the `xmlrpc` package that we use. Its own client hides status codes and HTML answers from us. */
declare module 'xmlrpc/lib/serializer.js' {
  const serializer: {
    serializeMethodCall(method: string, params: readonly unknown[]): string
    serializeMethodResponse(value: unknown): string
    serializeFault(fault: { faultCode: number; faultString: string }): string
  }
  export default serializer
}

declare module 'xmlrpc/lib/deserializer.js' {
  import type { Readable } from 'node:stream'

  export default class Deserializer {
    deserializeMethodResponse(stream: Readable, done: (error: Error | null, value?: unknown) => void): void
    deserializeMethodCall(
      stream: Readable,
      done: (error: Error | null, method: string, params: unknown[]) => void,
    ): void
  }
}
