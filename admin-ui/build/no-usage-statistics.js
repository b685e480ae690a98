// Takes the place of @vaadin/vaadin-usage-statistics: nothing is reported to anybody.
export const usageStatistics = () => {}
