import { graphql } from "../../gql";

export const Usage = graphql(`
  query Usage($counted: Boolean!) {
    businessNumbers {
      id
      name
      displayPhoneNumber
      policy {
        name
        requests {
          period
          maximum
        }
        connectedCalls {
          period
          maximum
        }
        unansweredBeforeNudge
        unansweredBeforeRevocation
        temporaryGrant
      }
      usage @include(if: $counted) {
        windows {
          period
          requestsSent
          customersAsked
          callsPlaced
          callsConnected
        }
        placedCalls {
          period
          maximum
          used
          resetsAt
        }
        customers
        requestsExhausted
        callsExhausted
        oneCallFromRevocation
      }
    }
  }
`);

export const ViewerLimits = graphql(`
  query ViewerLimits {
    viewer {
      limits {
        points {
          maximum
          used
          resetsAt
        }
        operationCost
        pageSize
        depth
        aliases
        rootFields
        mutations
        tokens
        document
        customersImported
        customersAsked
        apiTokens {
          maximum
          used
        }
        webhookEndpoints {
          maximum
          used
        }
      }
    }
  }
`);
