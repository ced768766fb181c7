import { useState } from 'react'
import { useView } from '../view.ts'

/** For who shares what they see with somebody who may see it too. */
export function CopyLink() {
  const view = useView()
  const [link, setLink] = useState<{ text: string; isCopied: boolean }>()
  const copy = async () => {
    const text = view.here()
    // Some browsers let nobody copy without https.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    setLink({ text, isCopied: isCopied ?? false })
  }
  return (
    <p>
      <button type="button" className="quiet" onClick={() => void copy()}>
        Copy a link to this view
      </button>{' '}
      <span role="status">
        {link && (link.isCopied ? 'Copied: whom you share with sees the same there.' : link.text)}
      </span>
    </p>
  )
}
