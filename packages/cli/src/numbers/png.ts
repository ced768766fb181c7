import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A picture in SVG as PNG, twice as large for paper. The letters come with us: a server has none. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  const bytes = (module: string) => readFile(fileURLToPath(import.meta.resolve(module)))
  await initWasm(bytes('@resvg/resvg-wasm/index_bg.wasm'))
  const fontBuffers = await Promise.all(
    ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => bytes(`dejavu-fonts-ttf/ttf/${name}`)),
  )
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: { fontBuffers, defaultFontFamily: 'DejaVu Sans' },
  })
  return picture.render().asPng()
}
