import { html, render } from 'lit'
import { t } from '../i18n/index.ts'
import './answers.element.ts'
import './dialog.element.ts'

/** Asks a question that must be answered; true when the user says yes. */
export function confirm(question: {
  title: string
  text: string
  yes: string
  no?: string
}): Promise<boolean> {
  return new Promise((resolve) => {
    const holder = document.createElement('div')
    document.body.append(holder)
    const answer = (yes: boolean) => {
      render('', holder)
      holder.remove()
      resolve(yes)
    }
    render(
      html`<xrm-dialog heading=${question.title} @xrm-close=${() => answer(false)}>
        <span>${question.text}</span>
        <xrm-answers
          slot="footer"
          .yes=${question.yes}
          .no=${question.no ?? t('cancel')}
          @xrm-answer=${(event: CustomEvent<boolean>) => answer(event.detail)}
        ></xrm-answers>
      </xrm-dialog>`,
      holder,
    )
    holder.querySelector<HTMLElement>('xrm-dialog')?.style.setProperty('--dialog-width', '420px')
  })
}
