import { definePlugin, defineProblems } from '@xrm/sdk'
import { leadToSupplier } from './lead-to-supplier.conversion.ts'
import { paymentTerms, supplierCategory } from './options.ts'
import { supplier } from './supplier.entity.ts'
import { supplierRoles } from './suppliers.roles.ts'
import { supplierForm, supplierViews } from './suppliers.views.ts'
import { supplierDemo } from './suppliers.demo.ts'

const problems = defineProblems({
  'suppliers.rating-missing': { status: 422, title: 'An approved supplier needs an ABC class' },
})

/** Companies that the firm buys from, and how purchasing qualifies them. */
export default definePlugin({
  name: 'suppliers',
  title: 'Suppliers',
  labels: { de: 'Lieferanten' },
  description: 'Companies that the firm buys from, their qualification, classes and terms.',
  compatible: '^1.0.0',
  requires: { accounts: '^1.0.0', activities: '^1.0.0', leads: '^1.0.0' },
  entities: [supplier],
  optionSets: { 'supplier-category': supplierCategory, 'payment-terms': paymentTerms },
  conversions: { 'lead-to-supplier': leadToSupplier },
  views: supplierViews,
  forms: { supplier: supplierForm },
  roles: supplierRoles,
  problems,
  hooks: {
    supplier: {
      beforeSave(batch) {
        for (const { next, fail } of batch) {
          if (next['status'] === 'approved' && next['rating'] == null) {
            fail(problems['suppliers.rating-missing'], '/rating')
          }
        }
      },
    },
  },
  demo: supplierDemo,
})
