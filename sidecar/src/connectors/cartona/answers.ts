/**
 * What an answer of Cartona means. The vendor publishes success codes only (200, 201, 204); its error bodies are
 * undocumented, so they are sorted by status first and by the words in them second. Last checked: 2026-11-21.
 */
import type { PushResult, RefusalCode } from '../contract.ts'
import type { Exchange } from './transport.ts'

type Answer = Extract<Exchange, { kind: 'answer' }>

const WORKED = new Set([200, 201, 204])

export function isHtml(text: string): boolean {
  return /^\s*(<!doctype html|<html|<head|<body)/i.test(text)
}

export function hasWorked(answer: Answer): boolean {
  return WORKED.has(answer.status)
}

/** What became of a status write. Only when nothing can have happened is it simply tried again. */
export function resultOf(outcome: Exchange, nowMs: number, secrets: readonly string[]): PushResult {
  if (outcome.kind === 'never-left') return { kind: 'retry', code: 'shop-unreachable', answer: outcome.why }
  if (outcome.kind === 'lost') return { kind: 'unknown', code: outcome.code, answer: 'no answer' }
  const answer = shown(outcome, secrets)
  if (hasWorked(outcome)) {
    return saysNo(outcome.text) ? oddAnswer(answer) : { kind: 'done', answer: String(outcome.status) }
  }
  if (outcome.status === 429) return rateLimited(outcome, answer, nowMs)
  const code = refusalOf(outcome)
  return code ? { kind: 'refused', code, answer } : oddAnswer(answer)
}

const oddAnswer = (answer: string): PushResult => ({ kind: 'unknown', code: 'odd-answer', answer })

/** A page instead of data, or an error wrapped into a success: nobody can tell what was done. */
function saysNo(text: string): boolean {
  if (isHtml(text)) return true
  return /"(success|ok)"\s*:\s*false|"errors?"\s*:\s*("[^"]|\[\s*[^\]\s]|\{\s*")/.test(text)
}

function rateLimited(outcome: Answer, answer: string, nowMs: number): PushResult {
  const retryAfterMs = waitOf(outcome.retryAfter, nowMs)
  return { kind: 'retry', code: 'rate-limited', answer, ...(retryAfterMs === null ? {} : { retryAfterMs }) }
}

/** `Retry-After`: seconds, or a date. */
export function waitOf(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}

/** Null: not a refusal. A server's own failure tells nothing about what it had already done. */
function refusalOf({ status, text }: Answer): RefusalCode | null {
  if (status >= 500 || status < 300 || status === 408) return null
  if (status < 400) return 'not-configured'
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return isHtml(text) ? 'not-configured' : 'unknown-order'
  if (isHtml(text)) return null
  return refusalByWords(text, status)
}

function refusalByWords(text: string, status: number): RefusalCode {
  if (/\botp\b|retailer_otp|cancellation_reason|cancellation reason/i.test(text)) return 'input-needed'
  if (status === 409 || /transition|cannot|can't|can not|not allowed|\bfrom\b.*\bto\b|already|final/i.test(text)) {
    return 'illegal-transition'
  }
  return 'bad-request'
}

const SHOWN = 160

/** Status and a few words, with everything masked that could be a key, a code, a number or an address of a person. */
export function shown({ status, text }: Pick<Answer, 'status' | 'text'>, secrets: readonly string[]): string {
  if (isHtml(text)) return `${status} (a web page)`
  const words = masked(text, secrets).replace(/\s+/g, ' ').trim().slice(0, SHOWN)
  return words === '' ? String(status) : `${status} ${words}`
}

/** An echoed order is dropped as a whole: it may hold the retailer. Of the rest, anything long or numeric is hidden. */
function masked(text: string, secrets: readonly string[]): string {
  if (/"(retailer|order_details)/.test(text)) return '(an order)'
  return secrets
    .filter((secret) => secret !== '')
    .reduce((shorter, secret) => shorter.replaceAll(secret, '***'), text)
    .replace(/[\w.+-]+@[\w.-]+/g, '***')
    .replace(/\+?\d[\d\s-]{2,}\d/g, '***')
    .replace(/[A-Za-z0-9+/=-]{24,}/g, '***')
}
