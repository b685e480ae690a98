export * from '@xrm/sdk/merge'
