import { registerSyncService } from './services/sync_service.ts'
import { registerShopSettings } from './widgets/shop_settings/shop_settings.ts'
import { registerSyncBadge } from './widgets/sync_badge/sync_badge.ts'

registerSyncService()
registerSyncBadge()
registerShopSettings()
