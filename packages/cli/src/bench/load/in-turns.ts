/** Does something with every item, a few at a time: fifty unless told. */
export async function inTurns<Item>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<void>,
  atOnce = 50,
): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    await Promise.all(items.slice(from, from + atOnce).map((item, index) => act(item, from + index)));
  }
}
