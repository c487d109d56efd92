import { graphql } from "../gql";

export const Report = graphql(`
  query Report($from: Date!, $to: Date!, $timezone: String!, $number: ID) {
    permissionReport(from: $from, to: $to, timezone: $timezone, businessNumberId: $number) {
      callableNow
      runningOutToday
      runningOutThisWeek
      totals {
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
      days {
        day
        figures {
          allowed
          declined
          ignored
          awaited
          acceptance
          averageTimeToAnswer
          callsConnected
          callsMissed
        }
      }
    }
  }
`);
