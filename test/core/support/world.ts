/**
 * Two sides and what lies between them, small enough to tell ten thousand stories: Odoo with its outbox, a shop with
 * its legal steps, messages in the air that may be doubled, reordered or lost, a write whose answer may be lost, and a
 * sidecar that remembers base, theirs and sent as the flows do. What each side really did is written in a ledger that
 * the sidecar never sees.
 */
import { latest } from '../../../sidecar/src/core/compare.ts'
import { decide } from '../../../sidecar/src/core/decide.ts'
import type { Agreement, Decision, Pair, Rules, Status } from '../../../sidecar/src/core/entities.ts'
import { type FoldRow, fold } from '../../../sidecar/src/core/fold.ts'
import { agrees, outboundCell, pairText } from '../../../sidecar/src/core/mapping.ts'
import { isLegalStep } from '../../../sidecar/src/core/order-states.ts'
import { pair, say } from './facts.ts'
import { canReach, movesFrom } from './odoo-moves.ts'
import type { Step } from './steps.ts'

type Decided<A extends Decision['action']> = Extract<Decision, { action: A }>
type State = 'synced' | 'conflict' | 'failed'

interface Operation {
  readonly push: Decided<'push'>
  step: number
}

export interface WorldOptions {
  readonly rules: Rules
  readonly start: Agreement
  readonly fulfilledBy?: 'us' | 'shop'
}

export class World {
  readonly rules: Rules
  readonly told: string[] = []
  readonly #fulfilledBy: 'us' | 'shop'

  // Odoo
  ours: Pair
  rows: FoldRow[] = []
  state: State = 'synced'
  #rowId = 0

  // the shop
  shop: Status
  air: Status[] = []
  loseNextAnswer = false

  // the sidecar
  base: Agreement
  theirs: Status
  sent: Status[] = []
  inbox: Status[] = []
  #newest: Status
  #operation: Operation | null = null

  // the ledger
  readonly history: Status[]
  realChanges = 0
  writes = 0
  applies = 0
  /** A person or a caller said that a difference may stay. */
  excused = false
  /** When and how they last really agreed. */
  met: Agreement
  readonly wrongs: string[] = []
  #appliedAt = 0

  constructor({ rules, start, fulfilledBy = 'us' }: WorldOptions) {
    this.rules = rules
    this.base = start
    this.met = start
    this.ours = start.pair
    this.shop = start.status
    this.theirs = start.status
    this.#newest = start.status
    this.history = [start.status]
    this.#fulfilledBy = fulfilledBy
  }

  readonly #doings: Readonly<Record<Step['kind'], (pick: number) => void>> = {
    user: (pick) => this.#user(pick, false),
    skip: (pick) => this.#user(pick, true),
    shop: (pick) => this.#shopMoves(pick),
    look: () => this.look(),
    deliver: (pick) => this.#deliver(pick),
    double: (pick) => this.#double(pick),
    lose: (pick) => this.#lose(pick),
    answer: (pick) => this.#answer(pick),
    poll: () => this.poll(),
    'lost-answer': () => {
      this.loseNextAnswer = true
    },
  }

  take({ kind, pick }: Step): void {
    this.#doings[kind](pick)
  }

  /** Nobody does anything more: what is in the air arrives, the sweep and the poll look, until nothing is left to do. */
  rest(): void {
    this.loseNextAnswer = false
    for (let round = 0; round < 60; round += 1) {
      while (this.air.length > 0) this.#deliver(0)
      this.poll()
      if (this.#idle) return
      this.look()
    }
    this.wrongs.push('never comes to rest')
  }

  get #idle(): boolean {
    return this.rows.length === 0 && this.inbox.length === 0 && this.#operation === null
  }

  // what people do ------------------------------------------------------------------------------------------------------

  #user(pick: number, skipped: boolean): void {
    const moves = movesFrom(this.ours)
    const to = moves[pick % Math.max(1, moves.length)]
    if (to === undefined) return
    this.ours = to
    if (!skipped) this.realChanges += 1
    if (skipped) this.excused = true
    this.#row(skipped ? 'order_lines' : 'order_confirm', { skipped })
    this.#tell(`user ${skipped ? 'quietly ' : ''}moves Odoo to ${pairText(to)}`)
  }

  #answer(pick: number): void {
    if (this.state !== 'conflict' || !this.#idle) return
    this.realChanges += 1
    this.excused = true
    this.#row(pick % 2 === 0 ? 'answer_ours' : 'answer_theirs', {})
    this.#tell(`a person answers "${pick % 2 === 0 ? 'Odoo' : 'the shop'}"`)
  }

  #shopMoves(pick: number): void {
    const steps = (this.rules.steps[this.shop] ?? []).filter(({ by }) => by !== 'us')
    const step = steps[pick % Math.max(1, steps.length)]
    if (step === undefined) return
    this.realChanges += 1
    this.#shopBecomes(step.to)
    this.#tell(`shop moves to ${step.to}`)
  }

  #shopBecomes(status: Status): void {
    this.shop = status
    this.history.push(status)
    this.air.push(status)
  }

  // what lies between ----------------------------------------------------------------------------------------------------

  #deliver(pick: number): void {
    const [message] = this.air.splice(pick % Math.max(1, this.air.length), 1)
    if (message === undefined) return
    this.#receive(message)
    this.#tell(`news arrives: ${message}`)
  }

  #double(pick: number): void {
    const message = this.air[pick % Math.max(1, this.air.length)]
    if (message !== undefined) this.air.push(message)
  }

  #lose(pick: number): void {
    const [message] = this.air.splice(pick % Math.max(1, this.air.length), 1)
    if (message !== undefined) this.#tell(`news is lost: ${message}`)
  }

  /** Like the real one, a poll brings only what differs from the newest that was heard. */
  poll(): void {
    if (this.#newest !== this.shop) this.#receive(this.shop)
  }

  #receive(status: Status): void {
    this.#newest = status
    this.inbox.push(status)
  }

  // the sidecar ---------------------------------------------------------------------------------------------------------

  look(): void {
    if (this.#operation) this.#walk(this.#operation)
    else if (!this.#idle) this.#decide()
  }

  #decide(): void {
    const folded = fold(this.rows)
    // while a question is open, skipping must not put the question aside as well
    const skipped = folded?.skipped === true && this.state === 'synced'
    const newest = skipped ? undefined : this.inbox.at(-1)
    const heard = newest === undefined ? null : latest(this.rules, this.base, this.theirs, newest)
    const decision = decide(
      {
        base: this.base,
        ours: this.ours,
        theirs: heard ?? this.theirs,
        sent: this.sent,
        fulfilledBy: this.#fulfilledBy,
        owner: true,
        answer: folded?.answer ?? null,
        missing: {},
        skipped,
      },
      this.rules,
    )
    this.#tell(`look: ${say(decision)}`)
    if (!skipped) this.inbox = []
    this.#hear(heard, decision)
    this.#act(decision, skipped)
  }

  /** As `flows/settle.ts` does: an echo shows how far the feed has come, a late event changes nothing we know. */
  #hear(heard: Status | null, decision: Decision): void {
    if (heard === null || (decision.action === 'nothing' && decision.reason === 'late-event')) return
    const index = this.sent.lastIndexOf(heard)
    if (index < 0 || index === this.sent.length - 1) this.theirs = heard
    this.sent = index < 0 ? [] : this.sent.slice(index)
  }

  #act(decision: Decision, skipped: boolean): void {
    switch (decision.action) {
      case 'push':
        this.#operation = { push: decision, step: 0 }
        break
      case 'apply':
        this.#apply(decision)
        break
      case 'nothing':
        this.base = decision.agreed ?? this.base
        this.#close(skipped ? this.state : 'synced')
        break
      default:
        this.#close(decision.action === 'conflict' ? 'conflict' : 'failed')
    }
  }

  #apply({ status, target }: Decided<'apply'>): void {
    const at = this.history.lastIndexOf(status)
    if (at < this.#appliedAt) this.wrongs.push(`went back: applied ${status} after ${this.history[this.#appliedAt]}`)
    if (!canReach(this.ours, target)) {
      this.#close('conflict')
      return
    }
    this.#appliedAt = at
    this.applies += 1
    this.ours = target
    this.base = { status, pair: target }
    this.theirs = status
    this.sent = []
    this.#close('synced')
    // what Odoo did is noticed like any other change
    this.#row('order_confirm', { origin: 'operation', hops: 1 })
  }

  /** One write. Its answer may be lost; then the same write is made again, as Cartona allows. */
  #walk(operation: Operation): void {
    const to = operation.push.path[operation.step] ?? ''
    if (!this.#write(to)) this.#refused()
    else if (this.loseNextAnswer) this.#answerLost(to)
    else this.#stepDone(operation, to)
  }

  #answerLost(to: Status): void {
    this.loseNextAnswer = false
    this.#tell(`the answer to ${to} is lost`)
  }

  #stepDone(operation: Operation, to: Status): void {
    this.theirs = to
    this.sent = [...this.sent, to]
    operation.step += 1
    if (operation.step === operation.push.path.length) this.#finish(operation)
  }

  #write(to: Status): boolean {
    if (this.shop === to) return true
    if (!isLegalStep(this.rules.steps, this.shop, to, 'us')) return false
    if (this.rules.notSettable.includes(to)) this.wrongs.push(`wrote ${to}, which is not settable`)
    this.writes += 1
    this.#shopBecomes(to)
    this.#tell(`shop takes ${to}`)
    return true
  }

  /** The shop moved on: read it, decide anew. */
  #refused(): void {
    this.#operation = null
    this.#receive(this.shop)
    this.#tell('shop refuses the step')
  }

  #finish({ push }: Operation): void {
    this.#operation = null
    this.base = push.agreed
    this.#close('synced')
    if (pairText(this.ours) !== pairText(push.agreed.pair)) this.#row('order_confirm', {})
  }

  #close(state: State): void {
    this.rows = []
    this.state = state
    if (agrees(this.rules, this.ours, this.shop)) this.met = { status: this.shop, pair: this.ours }
  }

  #row(cause: string, changes: Partial<FoldRow>): void {
    this.#rowId += 1
    this.rows.push({ id: String(this.#rowId), cause, user: '7', origin: '', hops: 0, skipped: false, ...changes })
  }

  #tell(line: string): void {
    this.told.push(`${line}   [Odoo ${pairText(this.ours)} | shop ${this.shop} | ${this.state}]`)
  }

  // the law at rest --------------------------------------------------------------------------------------------------------

  /** Why the two may stand as they do, or null when they may not. */
  standing(): string | null {
    if (this.state !== 'synced') return 'a person sees it'
    if (agrees(this.rules, this.ours, this.shop)) return 'both agree'
    if (this.excused) return 'a person or a caller said so'
    if (this.base.status !== this.shop && this.rules.mapping.inbound[this.shop] !== 'keep') return null
    const cell = outboundCell(this.rules.mapping, this.ours)
    if (this.met.status === this.shop && outboundCell(this.rules.mapping, this.met.pair) === cell)
      return 'the table tells no difference from what was agreed'
    if (cell === 'keep') return 'Odoo says nothing to the shop'
    if (this.rules.mapping.inbound[this.shop] === 'keep' && agrees(this.rules, this.ours, this.base.status))
      return 'the shop says nothing to Odoo'
    if (this.#fulfilledBy === 'shop' && !this.rules.settableWhenShopFulfils.includes(cell)) return 'the shop delivers'
    return null
  }
}

export const startOf = (status: Status, text: string): Agreement => ({ status, pair: pair(text) })
