let region: HTMLElement | null = null

/** Tells people who do not see it what has just happened, e.g. where an entry was moved. */
export function announce(text: string): void {
  if (!region) {
    region = document.createElement('div')
    region.setAttribute('role', 'status')
    region.setAttribute('aria-live', 'polite')
    region.className = 'visually-hidden'
    const { style } = region
    style.position = 'absolute'
    style.width = '1px'
    style.height = '1px'
    style.overflow = 'hidden'
    style.clipPath = 'inset(50%)'
    document.body.append(region)
  }
  region.textContent = text
}
