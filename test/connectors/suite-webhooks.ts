/** Deliveries: one test per way to fail. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connector, RawRequest } from '../../sidecar/src/connectors/contract.ts'
import { newKey, sign } from '../../sidecar/src/lib/hmac.ts'
import { contextOf, type Harness, NOW, type Stage, WEBHOOK_KEY } from './harness.ts'

const MINUTE = 60_000

export function testWebhooks(connector: Connector, harness: Harness): void {
  describe('a delivery', () => {
    let stage: Stage
    let plain: RawRequest

    beforeEach(async () => {
      stage = await harness.start()
      await stage.createOrder('a1')
      plain = await stage.delivery('a1')
    })
    afterEach(() => stage.stop())

    const verify = (request: RawRequest, secret = WEBHOOK_KEY) => {
      const secrets = { ...stage.secrets, [harness.webhookSecretName]: secret }
      const verdict = connector.open({ ...contextOf(stage), secrets }).verifyWebhook?.(request, NOW)
      for (const hidden of [WEBHOOK_KEY, WEBHOOK_KEY.slice(6)]) expect(JSON.stringify(verdict)).not.toContain(hidden)
      return verdict
    }
    const rejected = (request: RawRequest, secret?: string) =>
      expect(verify(request, secret)).toMatchObject({ ok: false, status: 401, problem: expect.stringMatching(/\.$/) })

    it('that is signed and fresh brings the order it speaks of', () => {
      const verdict = verify(signed(plain))
      expect(verdict).toMatchObject({ ok: true, id: 'msg_1', changes: [{ ref: 'a1' }] })
    })

    it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s is rejected', (name) => {
      const { headers } = signed(plain)
      rejected({ ...plain, headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)) })
    })

    it('with a time that is no number is rejected', () => {
      const { headers } = signed(plain)
      rejected({ ...plain, headers: { ...headers, 'webhook-timestamp': 'yesterday' } })
    })

    it('of six minutes ago is rejected, one of four is not', () => {
      rejected(signed(plain, { at: NOW - 6 * MINUTE }))
      expect(verify(signed(plain, { at: NOW - 4 * MINUTE }))?.ok).toBe(true)
    })

    it('from the future is rejected, a little skew is not', () => {
      rejected(signed(plain, { at: NOW + 6 * MINUTE }))
      expect(verify(signed(plain, { at: NOW + 4 * MINUTE }))?.ok).toBe(true)
    })

    it('signed with another key is rejected', () => rejected(signed(plain, { key: newKey() })))

    it('whose body was altered is rejected', () => {
      const { headers, body } = signed(plain)
      rejected({ ...plain, headers, body: new Uint8Array([...body, 32]) })
    })

    it('whose id was altered is rejected: it cannot be replayed as another', () => {
      const { headers } = signed(plain)
      rejected({ ...plain, headers: { ...headers, 'webhook-id': 'msg_2' } })
    })

    it('with a second signature that is valid is taken: a key is being changed', () => {
      const { headers } = signed(plain)
      const other = signed(plain, { key: newKey() }).headers['webhook-signature']
      const both = `${other} ${headers['webhook-signature']}`
      expect(verify({ ...plain, headers: { ...headers, 'webhook-signature': both } })?.ok).toBe(true)
    })

    it('to a shop without a secret is rejected, whatever it carries', () => rejected(signed(plain), ''))

    it.each(['', 'no json', '[]', '{}', '{"status":7}'])('that is signed but says "%s" is a bad request', (text) => {
      const odd = { ...plain, body: new TextEncoder().encode(text) }
      expect(verify(signed(odd))).toMatchObject({ ok: false, status: 400 })
    })
  })
}

export function signed(request: RawRequest, { at = NOW, key = WEBHOOK_KEY } = {}): RawRequest {
  const bytes = Buffer.from(key.slice('whsec_'.length), 'base64')
  const headers = sign({ key: bytes, id: 'msg_1', timestampSeconds: Math.floor(at / 1000), body: request.body })
  return { ...request, headers: { 'content-type': 'application/json', ...headers } }
}
