import { registerSyncService } from './services/sync_service.ts'
import { registerSyncBadge } from './widgets/sync_badge/sync_badge.ts'

registerSyncService()
registerSyncBadge()
