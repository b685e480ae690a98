import type { Plugin } from 'vite'

/**
 * Vaadin adds a few `<style>` elements at run time, which `style-src 'self'` refuses, and parses texts as HTML, which
 * trusted types refuse. This rewrites the modules that do so to constructable style sheets and plain nodes, so that the
 * policy needs neither a hash nor `unsafe-inline` nor a name for Vaadin. The budget test fails when a new version brings
 * another one.
 */
export function vaadinUnderPolicy(): Plugin {
  return {
    name: 'vaadin-under-policy',
    enforce: 'pre',
    transform(code, id) {
      const path = id.split('?')[0] ?? ''
      if (path.endsWith('@vaadin/component-base/src/css-utils.js'))
        return { code: adoptGlobalStyles(code), map: null }
      if (path.endsWith('@vaadin/component-base/src/slot-styles-mixin.js')) {
        return { code: adoptSlotStyles(code), map: null }
      }
      if (
        /@vaadin\/date-picker\/src\/vaadin-(infinite|date-picker-month|date-picker-year)-scroller\.js$/.test(
          path,
        )
      ) {
        return { code: buildTemplate(adoptTemplateStyle(code, path), path), map: null }
      }
      if (
        /@vaadin\/(overlay\/src\/vaadin-overlay-mixin|combo-box\/src\/vaadin-combo-box-item-mixin)\.js$/.test(
          path,
        )
      ) {
        if (!code.includes(".innerHTML = '';"))
          throw new Error(`${path} has changed; look at how it empties elements now`)
        return { code: code.replaceAll(".innerHTML = '';", '.replaceChildren();'), map: null }
      }
      return null
    },
  }
}

const adopt = (root: string, css: string) => `{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(${css});
    ${root}.adoptedStyleSheets = [...${root}.adoptedStyleSheets, sheet];
  }`

function adoptGlobalStyles(code: string): string {
  const start = code.indexOf("const styleTag = document.createElement('style');")
  const last = "document.head.insertAdjacentElement('afterbegin', styleTag);"
  const end = code.indexOf(last)
  if (start < 0 || end < 0)
    throw new Error('css-utils.js of Vaadin has changed; look at how it adds styles now')
  const css = "styles.map((style) => style.toString()).join('\\n')"
  // First, so that the page's own sheets win, as the original does by its place in the head.
  const first = `{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(${css});
    document.adoptedStyleSheets = [sheet, ...document.adoptedStyleSheets];
  }`
  return code.slice(0, start) + first + code.slice(end + last.length)
}

function adoptSlotStyles(code: string): string {
  const start = code.indexOf("const style = document.createElement('style');")
  const end = code.indexOf('/**', start)
  if (start < 0 || end < 0)
    throw new Error('slot-styles-mixin.js of Vaadin has changed; look at how it adds styles now')
  return `${code.slice(0, start)}${adopt('root', 'styles')}\n}\n\n${code.slice(end)}`
}

function adoptTemplateStyle(code: string, path: string): string {
  const match = /<style>([\s\S]*?)<\/style>/.exec(code)
  const clone = /(this\.shadowRoot|root)\.appendChild\(\w+\.content\.cloneNode\(true\)\);/.exec(code)
  if (!match || !clone) throw new Error(`${path} has changed; look at how it adds styles now`)
  return code
    .replace(match[0], '')
    .replace(clone[0], `${clone[0]}\n    ${adopt(clone[1] ?? '', JSON.stringify(match[1]))}`)
}

/** What is left of the templates when their styles are out: nothing, or the parts of the one that scrolls. */
function buildTemplate(code: string, path: string): string {
  const [whole, name, markup] = /(\w+)\.innerHTML = `([^`]*)`;/.exec(code) ?? []
  const parts = markup?.replaceAll(/\s+/g, ' ').trim()
  if (whole !== undefined && parts === '') return code.replace(whole, '')
  const known =
    '<div id="scroller" tabindex="-1"> <div class="buffer"></div> <div class="buffer"></div> <div id="fullHeight"></div> </div>'
  if (whole === undefined || parts !== known)
    throw new Error(`${path} has changed; look at what its template holds now`)
  return code.replace(
    whole,
    `{
    const part = (own, ...inside) => {
      const element = Object.assign(document.createElement('div'), own);
      element.append(...inside);
      return element;
    };
    const buffer = { className: 'buffer' };
    ${name}.content.append(part({ id: 'scroller', tabIndex: -1 }, part(buffer), part(buffer), part({ id: 'fullHeight' })));
  }`,
  )
}
