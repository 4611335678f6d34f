import { ensureCluster } from './database.ts'
import { ensurePackages, STACK_PACKAGES } from './debian.ts'
import { odooTree } from './odoo-tree.ts'
import { explain } from './report.ts'
export async function main(args: readonly string[]) {
  try {
    const t0 = Date.now()
    console.log(await ensurePackages(STACK_PACKAGES))
    const t = await odooTree()
    console.log(t)
    console.log(await ensureCluster(t), Date.now() - t0)
    return 0
  } catch (e) {
    explain(e)
    return 1
  }
}
