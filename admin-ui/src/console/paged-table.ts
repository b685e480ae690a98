import { html, nothing, type TemplateResult } from 'lit'
import type { PagesController } from '../data/pages.ts'
import { describeError } from '../shell/errors.ts'

export interface PagedTable<T> {
  pages: PagesController<T>
  /** What stands above the columns. */
  columns: readonly string[]
  /** The cells of a row. */
  row: (item: T) => TemplateResult
  texts: { none: string; more: string }
}

/** A table that goes on at a button, below what went wrong. Its styles are those of the pages about people. */
export function pagedTable<T>({ pages, columns, row, texts }: PagedTable<T>): TemplateResult {
  const { items, error } = pages
  return html`${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
    <section class="card" aria-busy=${!items && !error}>
      ${
        items?.length === 0
          ? html`<p class="empty" role="status">${texts.none}</p>`
          : html`<div class="scroll">
              <table>
                <thead>
                  <tr>
                    ${columns.map((column) => html`<th scope="col">${column}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${items?.map(
                    (item) =>
                      html`<tr>
                        ${row(item)}
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }
    </section>
    ${pages.hasMore ? html`<button class="more" @click=${() => pages.more()}>${texts.more}</button>` : nothing}`
}
