export async function testEverything(): Promise<number> {
  return 0
}
