/** How many queries a Validate took, from Odoo's own request log. */
import { readFileSync, statSync } from 'node:fs'
import { logFile } from '../stack/paths.ts'
import { median } from './stats.ts'

/** `... INFO <database> werkzeug: ... "POST /web/dataset/call_kw/stock.picking/button_validate HTTP/1.1" 200 - 62 0.012 0.030` */
const LINE = /INFO (\S+) werkzeug:.*button_validate HTTP\/1\.[01]" 200 - (\d+) /

/** From here on: answers the median of a database, or 0 when the log tells none. */
export function queriesOfValidate(): (db: string) => number {
  const log = logFile('odoo')
  const from = statSync(log).size
  return (db) => {
    const lines = readFileSync(log).subarray(from).toString('utf8').split('\n')
    const counts = lines.flatMap((line) => {
      const [, of, count] = LINE.exec(line) ?? []
      return of === db && count ? [Number(count)] : []
    })
    return counts.length === 0 ? 0 : median(counts)
  }
}
