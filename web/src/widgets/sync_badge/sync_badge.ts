import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from '@odoo/owl'
import { _t } from '@web/core/l10n/translation'
import { usePopover } from '@web/core/popover/popover_hook'
import { registry } from '@web/core/registry'
import { useService } from '@web/core/utils/hooks'
import { standardFieldProps } from '@web/views/fields/standard_field_props'
import { type Badge, type BadgeState, FACES, type Face, isSettled, isTroubled, parseBadge, read } from '../../badge.ts'
import type { SyncService } from '../../services/sync_service.ts'
import { label, lastSynced, nextTry, sentence } from '../../terms.ts'

/** Long enough that a mouse passing over a list opens nothing. */
const HOVER_MS = 250

/** Why the badge says what it says. Reads the same live map, so it turns while it is open. */
export class SyncBadgeDetails extends Component {
  static override template = 'marketplace_sync.SyncBadgeDetails'
  static override props = { link: String, close: Function }

  declare props: { readonly link: string; readonly close: () => void }
  private badges: Record<string, Badge> = {}

  override setup(): void {
    const sync = useService('marketplace_sync')
    this.badges = useState(sync.badges)
    onWillStart(() => sync.explain(this.props.link))
  }

  get badge(): Badge | undefined {
    return this.badges[this.props.link]
  }

  get reason(): string {
    return this.badge ? sentence(this.badge) : ''
  }

  /** The server's own words, where they say more than the sentence for the code. */
  get detail(): string {
    const { badge } = this
    return badge && isTroubled(badge) && badge.detail !== this.reason ? badge.detail : ''
  }

  get times(): readonly string[] {
    const { badge } = this
    return badge ? [nextTry(badge), lastSynced(badge)].filter((line) => line !== '') : []
  }
}

interface SyncBadgeProps extends OdooFieldProps {
  /** In a list: the pill only. */
  readonly compact?: boolean
}

export class SyncBadge extends Component {
  static override template = 'marketplace_sync.SyncBadge'
  static override props = { ...standardFieldProps, compact: { type: Boolean, optional: true } }

  declare props: SyncBadgeProps
  private badges: Record<string, Badge> = {}
  private popover: OdooPopover | null = null
  private pill: { el: Element | null } = { el: null }
  /** The field's value that the service knows already. */
  private learnt: unknown = null
  private timer = 0

  override setup(): void {
    const sync = useService('marketplace_sync')
    this.badges = useState(sync.badges)
    this.pill = useRef('pill')
    this.popover = usePopover(SyncBadgeDetails, {
      position: 'bottom-start',
      popoverClass: 'o_marketplace_badge_popover',
      setActiveElement: false,
      role: 'tooltip',
      popoverRole: 'tooltip',
    })
    useEffect(
      (value: unknown) => this.follow(value, sync),
      () => [this.value],
    )
    // a form tells the shop's status and the next try without being asked
    useEffect(
      (badge: Badge | null) => {
        if (badge && !this.props.compact && (badge.reason || isSettled(badge.state))) sync.explain(badge.link)
      },
      () => [this.badge],
    )
    onWillUnmount(() => clearTimeout(this.timer))
  }

  /** Once per value of the record: a form that was reloaded may know more than the messages. */
  private follow(value: unknown, sync: SyncService): (() => void) | undefined {
    this.learnt = value
    const badge = parseBadge(value)
    if (badge === null) return undefined
    sync.learn(badge)
    sync.show(badge.link)
    return () => sync.hide(badge.link)
  }

  private get value(): unknown {
    return this.props.record.data[this.props.name]
  }

  get badge(): Badge | null {
    const own = parseBadge(this.value)
    if (own === null) return null
    const live = this.badges[own.link]
    return live !== undefined && this.learnt === this.value ? live : read(live, own, false)
  }

  get state(): BadgeState {
    return this.badge?.state ?? 'not_linked'
  }

  get face(): Face {
    return FACES[this.state]
  }

  get label(): string {
    return label(this.state)
  }

  get reason(): string {
    return this.badge ? sentence(this.badge) : ''
  }

  get isTroubled(): boolean {
    return this.badge !== null && isTroubled(this.badge)
  }

  get next(): string {
    return this.badge ? nextTry(this.badge) : ''
  }

  /** Keyboards reach every badge on a form; in a list only those that have something to explain. */
  get tabIndex(): number | undefined {
    return !this.props.compact || this.isTroubled ? 0 : undefined
  }

  onPointerEnter(): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.open(), HOVER_MS)
  }

  onPointerLeave(): void {
    clearTimeout(this.timer)
    if (document.activeElement !== this.pill.el) this.popover?.close()
  }

  open(): void {
    clearTimeout(this.timer)
    const { badge } = this
    if (this.pill.el === null || badge === null || this.popover?.isOpen) return
    this.popover?.open(this.pill.el, { link: badge.link })
  }

  close(): void {
    clearTimeout(this.timer)
    this.popover?.close()
  }
}

export function registerSyncBadge(): void {
  registry.category('fields').add('sync_badge', {
    component: SyncBadge,
    displayName: _t('Marketplace sync badge'),
    supportedTypes: ['json'],
    extractProps: ({ viewType }) => ({ compact: viewType !== 'form' }),
    listViewWidth: [100, 140],
  })
}
