import { definePlugin, defineProblems } from '@xrm/sdk'
import { candidateToSupplier } from './candidate-to-supplier.conversion.ts'
import { leadToSupplier } from './lead-to-supplier.conversion.ts'
import { paymentTerms, supplierCategory } from './options.ts'
import { supplierCandidate } from './supplier-candidate.entity.ts'
import { supplier } from './supplier.entity.ts'
import { supplierRoles } from './suppliers.roles.ts'
import { supplierCandidateForm, supplierForm, supplierViews } from './suppliers.views.ts'
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
  requires: { accounts: '^1.0.0', activities: '^1.0.0', files: '^1.0.0', leads: '^1.0.0' },
  entities: [supplier, supplierCandidate],
  optionSets: { 'supplier-category': supplierCategory, 'payment-terms': paymentTerms },
  conversions: { 'lead-to-supplier': leadToSupplier, 'candidate-to-supplier': candidateToSupplier },
  views: supplierViews,
  forms: { supplier: supplierForm, supplier_candidate: supplierCandidateForm },
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
