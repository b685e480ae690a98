/** Puts a popover beside its button where the browser has no anchor positioning yet. Use as `@toggle=${placeMenu}`. */
export function placeMenu(event: Event): void {
  const menu = event.currentTarget as HTMLElement
  if ((event as ToggleEvent).newState !== 'open' || CSS.supports('position-area', 'block-end')) return
  const root = menu.getRootNode() as ShadowRoot | Document
  const button = root.querySelector(`[popovertarget="${menu.id}"]`)
  if (!button) return
  const box = button.getBoundingClientRect()
  const left = Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))
  const below = box.bottom + menu.offsetHeight < innerHeight
  menu.style.left = `${left}px`
  menu.style.top = `${below ? box.bottom : Math.max(8, box.top - menu.offsetHeight - 8)}px`
}
