import { printable } from './terminal.ts'

/** Columns as wide as what is in them; tabs between them where a program may be reading. */
export function printTable(
  out: { readonly isTerminal: boolean; line(text: string): void },
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const all = [head, ...rows].map((cells) => cells.map((cell) => printable(cell)))
  if (!out.isTerminal) {
    for (const cells of all) out.line(cells.join('\t'))
    return
  }
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)))
  for (const cells of all) {
    out.line(
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  }
}
