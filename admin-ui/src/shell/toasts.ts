export interface Toast {
  id: number
  text: string
  bad: boolean
  action?: { label: string; run: () => void | Promise<void> }
  links?: { label: string; href: string }[]
}

/** Short messages at the lower edge, for about nine seconds. Fires `change`. */
class Toasts extends EventTarget {
  list: Toast[] = []
  #next = 1

  show(text: string, more: Partial<Omit<Toast, 'id' | 'text'>> = {}): number {
    const id = this.#next++
    this.list = [...this.list.slice(-3), { id, text, bad: false, ...more }]
    this.dispatchEvent(new Event('change'))
    setTimeout(() => this.remove(id), more.bad || more.links ? 14_000 : 9_000)
    return id
  }

  remove(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
    this.dispatchEvent(new Event('change'))
  }
}

export const toasts = new Toasts()
