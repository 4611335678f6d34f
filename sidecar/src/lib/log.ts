/** The log of the sidecar: one JSON object per line, masked on the way out, so that no caller has to remember it. */
import { type Bindings, type ChildLoggerOptions, type DestinationStream, type Logger, pino } from 'pino'
import { mask } from './mask.ts'

export type Log = Logger

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
    },
    // masked before it arrives here; pino's own serializer would take it apart again
    serializers: { err: (described: unknown) => described },
    hooks: {
      logMethod(this: Logger, args: Parameters<pino.LogFn>, method: pino.LogFn) {
        method.apply(this, maskArguments(args))
      },
    },
  }
  return maskBindings(destination ? pino(options, destination) : pino(options))
}

/** pino formats the bindings of no child but the first logger. Children inherit this one's `child`. */
function maskBindings(log: Log): Log {
  const original: (this: Log, bindings: Bindings, options?: ChildLoggerOptions) => Log = log.child
  Object.defineProperty(log, 'child', {
    value(this: Log, bindings: Bindings, options?: ChildLoggerOptions) {
      return original.call(this, maskFields(bindings), options)
    },
  })
  return log
}

function maskFields(fields: Record<string, unknown>): Record<string, unknown> {
  const masked = mask(fields)
  return isRecord(masked) ? masked : {}
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Fields, message and what is put into the message. An error logged by itself would lend its own message unmasked. */
function maskArguments(args: Parameters<pino.LogFn>): Parameters<pino.LogFn> {
  const [first, ...rest] = args
  const head: unknown = first instanceof Error ? { err: mask(first) } : mask(first)
  return [head, ...rest.map((item) => mask(item))] as Parameters<pino.LogFn>
}
