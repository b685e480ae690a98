import type { Preset } from '@xrm/sdk'
import { contactToOpportunity } from './contact-to-opportunity.conversion.ts'
import { campaignMemberToContact } from './campaign-member-to-contact.conversion.ts'
import { contactUsWithoutLeads } from './contact-us.web-form.ts'

/**
 * How firms divide their pipeline among leads, contacts and opportunities. None is the right one: each is a set of patches
 * that an administrator looks at as a draft and changes before publishing.
 */
export const leadPresets: Record<string, Preset> = {
  split: {
    title: 'Leads and opportunities split',
    labels: { de: 'Leads und Verkaufschancen getrennt' },
    description:
      'Marketing works on leads up to SQL, sales on opportunities after it. A lead can be converted once it is SQL, and an opportunity always comes of it.',
    descriptions: {
      de: 'Das Marketing bearbeitet Leads bis SQL, der Vertrieb danach Verkaufschancen. Umgewandelt wird ein Lead, wenn er SQL ist, und immer wird daraus auch eine Verkaufschance.',
    },
    order: 10,
    documents: {
      entity: { lead: { 'x-entity': { navigation: true } } },
      conversion: {
        'lead-to-customer': {
          available: {
            when: "status != 'dead' && phase == 'sql'",
            message: 'Only a lead that sales has qualified (SQL) is converted.',
            messages: { de: 'Nur ein vom Vertrieb qualifizierter Lead (SQL) wird umgewandelt.' },
          },
          targets: { opportunity: { required: true, userMay: ['create'] } },
        },
      },
    },
  },
  'whole-pipeline': {
    title: 'Whole pipeline in opportunities',
    labels: { de: 'Ganze Pipeline in Verkaufschancen' },
    description:
      'No separate leads: first contact and qualification are the first stages of an opportunity. Leads leave the side bar; existing ones stay.',
    descriptions: {
      de: 'Keine eigenen Leads: Erstkontakt und Qualifizierung sind die ersten Phasen einer Verkaufschance. Leads verschwinden aus der Seitenleiste; vorhandene bleiben.',
    },
    order: 20,
    documents: {
      entity: {
        lead: { 'x-entity': { navigation: false } },
        opportunity: {
          properties: {
            stage: {
              'x-stages': {
                suspect: {
                  title: 'Suspect',
                  labels: { de: 'Verdacht' },
                  description: 'They might need us; nobody has talked to them.',
                  descriptions: { de: 'Sie könnten uns brauchen; noch hat niemand mit ihnen gesprochen.' },
                  category: 'open',
                  color: 'gray',
                  order: -20,
                  sets: { probability: '1' },
                },
                contacted: {
                  title: 'Contacted',
                  labels: { de: 'Kontaktiert' },
                  description: 'We are in touch and find out whether there is interest.',
                  descriptions: { de: 'Wir stehen in Kontakt und klären, ob es Interesse gibt.' },
                  category: 'open',
                  color: 'teal',
                  order: -10,
                  sets: { probability: '5' },
                },
              },
            },
          },
        },
      },
    },
  },
  'no-leads': {
    title: 'Without leads',
    labels: { de: 'Ohne Leads' },
    description:
      'Everybody is a contact at once: members of campaigns and visitors of the web form become contacts, opportunities are made of contacts. Leads leave the side bar; existing ones stay.',
    descriptions: {
      de: 'Jeder ist sofort Kontakt: Kampagnenteilnehmer und wer das Web-Formular ausfüllt werden Kontakte, aus Kontakten werden Verkaufschancen. Leads verschwinden aus der Seitenleiste; vorhandene bleiben.',
    },
    order: 30,
    documents: {
      entity: { lead: { 'x-entity': { navigation: false } } },
      'web-form': { 'contact-us': contactUsWithoutLeads },
      conversion: {
        'campaign-member-to-lead': null,
        'campaign-member-to-contact': campaignMemberToContact,
        'contact-to-opportunity': contactToOpportunity,
      },
    },
  },
  'contact-first': {
    title: 'Contact first, opportunity later',
    labels: { de: 'Erst Kontakt, später Verkaufschance' },
    description:
      'A lead becomes account and contact; the opportunity is left out unless somebody asks for it, and is made of the contact when there is business.',
    descriptions: {
      de: 'Aus einem Lead werden Firma und Kontakt; die Verkaufschance bleibt weg, wenn niemand sie verlangt, und entsteht aus dem Kontakt, sobald es um Geschäft geht.',
    },
    order: 40,
    documents: {
      entity: { lead: { 'x-entity': { navigation: true } } },
      conversion: {
        'lead-to-customer': { targets: { opportunity: { policy: 'skip' } } },
        'contact-to-opportunity': contactToOpportunity,
      },
    },
  },
}
