/** What the flows ask of Odoo. Two transports stand behind it (`xmlrpc.ts`, `json2.ts`); the shapes are those of PROTOCOL.md. */
import type {
  AckItem,
  AcknowledgeAnswer,
  ApplyAnswer,
  ApplyItem,
  ClaimAnswer,
  ConfigAnswer,
  ConnectorAnnouncement,
  Envelope,
  ReadAnswer,
  ShopReport,
} from './wire.ts'

export interface OdooClient {
  claim(request: { limit: number; lease_seconds: number; holder: string }): Promise<ClaimAnswer>
  acknowledge(request: { items: AckItem[] }): Promise<AcknowledgeAnswer>
  read(request: { refs: { shop: string; ref: string }[]; links: string[] }): Promise<ReadAnswer>
  apply(request: { items: ApplyItem[] }): Promise<ApplyAnswer>
  announce(request: { connectors: ConnectorAnnouncement[] }): Promise<Envelope>
  config(request: { since: string }): Promise<ConfigAnswer>
  report(request: { shops: ShopReport[] }): Promise<Envelope>
}

/**
 * How a call went wrong, named by what may be done next.
 * `unreachable`: nothing arrived, call again. `unknown`: it may have been carried out; all our methods are safe to repeat.
 * `busy`: Odoo asked to come again (serialisation, restart, 502/503). `refused`: Odoo said no and will say so again.
 * `not-ours`: another database, a copy, another epoch or protocol answers: stop and tell a person.
 * `login`: the key is not accepted.
 */
export type OdooFault = 'unreachable' | 'unknown' | 'busy' | 'refused' | 'not-ours' | 'login'

export class OdooError extends Error {
  override readonly name = 'OdooError'
  readonly fault: OdooFault
  /** PROTOCOL, EPOCH, NOT_PAIRED, COPY, or the transport's own code. */
  readonly code: string

  constructor(fault: OdooFault, code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.fault = fault
    this.code = code
  }

  get retryable(): boolean {
    return this.fault === 'unreachable' || this.fault === 'unknown' || this.fault === 'busy'
  }
}
