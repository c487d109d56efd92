import { graphql } from "../gql";

export const HowItWent = graphql(`
  query HowItWent($from: Date!, $to: Date!, $earlier: Date!, $before: Date!, $timezone: String!, $number: ID) {
    report: permissionReport(from: $from, to: $to, timezone: $timezone, businessNumberId: $number) {
      callableNow
      runningOutToday
      runningOutThisWeek
      totals {
        ...Figures
      }
      days {
        day
        figures {
          ...Figures
        }
      }
    }
    earlier: permissionReport(from: $earlier, to: $before, timezone: $timezone, businessNumberId: $number) {
      totals {
        ...Figures
      }
      days {
        day
        figures {
          ...Figures
        }
      }
    }
  }

  fragment Figures on PermissionReportFigures {
    requestsSent
    allowed
    declined
    ignored
    awaited
    failed
    acceptance
    averageTimeToAnswer
    callsPlaced
    callsConnected
    callsMissed
  }
`);
