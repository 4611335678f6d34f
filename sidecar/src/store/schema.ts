/** The tables as drizzle sees them. What SQLite enforces (checks, partial indexes) stands in `migrations/`; a test compares both. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { json, rowId } from './columns.ts'
import {
  ackShape,
  agreementShape,
  applyShape,
  changeShape,
  inputsShape,
  needsShape,
  pairShape,
  textsShape,
} from './shapes.ts'

export const inbox = sqliteTable('inbox', {
  id: rowId('id'),
  shop: text('shop').notNull(),
  ref: text('ref').notNull(),
  source: text('source', { enum: ['webhook', 'poll', 'answer'] }).notNull(),
  change: json('change', changeShape).notNull(),
  digest: text('digest').notNull(),
  state: text('state', { enum: ['waiting', 'unknown-order', 'closed'] }).notNull(),
  outcome: text('outcome', { enum: ['applied', 'nothing', 'conflict', 'refused', 'failed', 'folded'] }),
  detail: text('detail').notNull(),
  attempts: integer('attempts').notNull(),
  receivedAt: text('received_at').notNull(),
  dueAt: text('due_at').notNull(),
})

export const operations = sqliteTable('operations', {
  id: text('id').primaryKey(),
  direction: text('direction', { enum: ['out', 'in'] }).notNull(),
  link: text('link').notNull(),
  shop: text('shop').notNull(),
  ref: text('ref').notNull(),
  state: text('state', { enum: ['recorded', 'sending', 'unknown', 'done', 'closed'] }).notNull(),
  path: json('path', textsShape).notNull(),
  step: integer('step').notNull(),
  rows: json('rows', textsShape).notNull(),
  version: text('version').notNull(),
  base: json('base', agreementShape),
  ours: json('ours', pairShape).notNull(),
  theirs: text('theirs'),
  agreed: json('agreed', agreementShape),
  inputs: json('inputs', inputsShape).notNull(),
  trigger: text('trigger').notNull(),
  user: text('user').notNull(),
  hops: integer('hops').notNull(),
  inbox: text('inbox'),
  attempts: integer('attempts').notNull(),
  dueAt: text('due_at').notNull(),
  reason: text('reason').notNull(),
  recordedAt: text('recorded_at').notNull(),
  ack: json('ack', ackShape),
  apply: json('apply', applyShape),
})

export const attempts = sqliteTable('attempts', {
  id: rowId('id'),
  operation: text('operation')
    .notNull()
    .references(() => operations.id),
  at: text('at').notNull(),
  number: integer('number').notNull(),
  to: text('to').notNull(),
  outcome: text('outcome').notNull(),
  code: text('code').notNull(),
  answer: text('answer').notNull(),
  durationMs: integer('duration_ms').notNull(),
})

export const links = sqliteTable('links', {
  id: text('id').primaryKey(),
  shop: text('shop').notNull(),
  ref: text('ref').notNull(),
  owner: integer('owner', { mode: 'boolean' }).notNull(),
  fulfilledBy: text('fulfilled_by', { enum: ['us', 'shop'] }).notNull(),
  version: text('version').notNull(),
  base: json('base', agreementShape),
  ours: json('ours', pairShape).notNull(),
  theirs: text('theirs'),
  sent: json('sent', textsShape).notNull(),
  needs: json('needs', needsShape).notNull(),
  updatedAt: text('updated_at').notNull(),
})

export const settings = sqliteTable('settings', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})

export const secrets = sqliteTable(
  'secrets',
  {
    shop: text('shop').notNull(),
    name: text('name').notNull(),
    sealed: text('sealed').notNull(),
    setAt: text('set_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.shop, table.name] })],
)
