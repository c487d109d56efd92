import { graphql } from "./gql";

// What a row of a list shows of a permission, the same whether it was read or has just changed.
export const PermissionRow = graphql(`
  fragment PermissionRow on CallPermission {
    id
    status
    grantedAt
    expiresAt
    respondedAt
    unansweredStreak
    customer {
      id
      name
      phone
      externalId
      tags
    }
    businessNumber {
      id
    }
    latestRequest {
      id
      kind
      status
      answer
      queuedAt
      sentAt
      deliveredAt
      readAt
      answeredAt
      expiresAt
      requestedBy
      failure
    }
    latestCall {
      id
      direction
      status
      queuedAt
      answeredAt
      endedAt
      durationSeconds
      placedBy
      failure
    }
    canCall {
      allowed
      blockers {
        code
        message
        availableAt
      }
      cautions
    }
    canRequest {
      allowed
      blockers {
        code
        message
        availableAt
      }
    }
  }
`);

export const Start = graphql(`
  query Start {
    changeCursor
    viewer {
      name
      scopes
      workspace {
        id
        name
      }
    }
    businessNumbers {
      id
      name
      displayPhoneNumber
      environment
      callingEnabled
      restrictedUntil
      problem
      policy {
        unansweredBeforeNudge
        unansweredBeforeRevocation
      }
    }
  }
`);

// Everything that happens, with all that the pages show of it.
export const News = graphql(`
  subscription News($after: String!) {
    changes(after: $after) {
      cursor
      kind
      cause
      occurredAt
      actor
      previousStatus
      status
      node {
        __typename
        id
        ... on CallPermission {
          ...PermissionRow
        }
        ... on PermissionRequest {
          callPermission {
            ...PermissionRow
          }
        }
        ... on Call {
          callPermission {
            ...PermissionRow
          }
        }
        ... on Customer {
          name
          phone
          externalId
          tags
        }
      }
    }
  }
`);

export const Permissions = graphql(`
  query Permissions($filter: CallPermissionFilter!, $orderBy: CallPermissionOrder!, $first: Int, $after: String, $last: Int, $before: String) {
    callPermissions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...PermissionRow
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

export const HowManyPermissions = graphql(`
  query HowManyPermissions($filter: CallPermissionFilter!) {
    callPermissions(filter: $filter, first: 1) {
      totalCount
    }
  }
`);

export const Requests = graphql(`
  query Requests($filter: PermissionRequestFilter!, $first: Int!, $after: String) {
    permissionRequests(filter: $filter, first: $first, after: $after) {
      totalCount
      nodes {
        id
        kind
        status
        answer
        queuedAt
        sentAt
        deliveredAt
        readAt
        answeredAt
        expiresAt
        requestedBy
        failure
        callPermission {
          ...PermissionRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const OneCustomer = graphql(`
  query OneCustomer($id: ID!, $number: ID!, $historyAfter: String) {
    customer(by: { id: $id }) {
      id
      name
      phone
      whatsappUserId
      externalId
      tags
      timezone
      createdAt
      callPermission(businessNumberId: $number) {
        ...PermissionRow
        source
        verifiedAt
        doubtful
        serviceWindow {
          open
          closesAt
        }
        callLimits: canCall {
          limits {
            period
            maximum
            used
            resetsAt
          }
        }
        requestLimits: canRequest {
          limits {
            period
            maximum
            used
            resetsAt
          }
        }
      }
      history(first: 30, after: $historyAfter) {
        nodes {
          cursor
          kind
          cause
          occurredAt
          actor
          previousStatus
          status
          node {
            __typename
            id
            ... on PermissionRequest {
              kind
              answer
              requestedBy
              failure
            }
            ... on Call {
              direction
              durationSeconds
              placedBy
              failure
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export const Templates = graphql(`
  query Templates {
    businessNumbers {
      id
      templates {
        name
        language
        status
        header
        body
        parameters
      }
    }
  }
`);

export const CreateCustomer = graphql(`
  mutation CreateCustomer($input: CreateCustomerInput!) {
    createCustomer(input: $input) {
      __typename
      ... on CreateCustomerSuccess {
        customer {
          id
          name
          phone
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const RequestPermission = graphql(`
  mutation RequestPermission($input: RequestCallPermissionInput!) {
    requestCallPermission(input: $input) {
      __typename
      ... on RequestCallPermissionSuccess {
        permissionRequest {
          id
          callPermission {
            ...PermissionRow
          }
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const RefreshPermission = graphql(`
  mutation RefreshPermission($input: RefreshCallPermissionInput!) {
    refreshCallPermission(input: $input) {
      __typename
      ... on RefreshCallPermissionSuccess {
        callPermission {
          ...PermissionRow
        }
        differences {
          about
          believed
          whatsapp
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const StartCall = graphql(`
  mutation StartCall($input: StartCallInput!) {
    startCall(input: $input) {
      __typename
      ... on StartCallSuccess {
        call {
          id
          status
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const EndCall = graphql(`
  mutation EndCall($input: EndCallInput!) {
    endCall(input: $input) {
      __typename
      ... on EndCallSuccess {
        call {
          id
          status
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const OneCall = graphql(`
  query OneCall($id: ID!) {
    changeCursor
    node(id: $id) {
      __typename
      ... on Call {
        id
        status
        answeredAt
        endedAt
        durationSeconds
        failure
        sdpAnswer
      }
    }
  }
`);

export const CallSteps = graphql(`
  subscription CallSteps($after: String!, $ids: [ID!]) {
    callChanged(after: $after, callIds: $ids) {
      cursor
      call {
        id
        status
        answeredAt
        endedAt
        durationSeconds
        failure
        sdpAnswer
      }
    }
  }
`);

export const ApiTokens = graphql(`
  query ApiTokens {
    apiTokens(first: 100) {
      nodes {
        id
        name
        prefix
        scopes
        createdAt
        expiresAt
        lastUsedAt
        revokedAt
      }
    }
  }
`);

export const CreateApiToken = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      __typename
      ... on CreateApiTokenSuccess {
        apiToken {
          id
        }
        secret
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const RevokeApiToken = graphql(`
  mutation RevokeApiToken($input: RevokeApiTokenInput!) {
    revokeApiToken(input: $input) {
      __typename
      ... on RevokeApiTokenSuccess {
        apiToken {
          id
          revokedAt
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

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

export const People = graphql(`
  query People {
    people(first: 100) {
      nodes {
        id
        name
        email
        role
        roleFromProvider
        allBusinessNumbers
        lastSignedInAt
        removedAt
        businessNumbers {
          id
          name
        }
      }
    }
  }
`);

export const InvitePerson = graphql(`
  mutation InvitePerson($input: InvitePersonInput!) {
    invitePerson(input: $input) {
      __typename
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const UpdatePerson = graphql(`
  mutation UpdatePerson($input: UpdatePersonInput!) {
    updatePerson(input: $input) {
      __typename
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const RemovePerson = graphql(`
  mutation RemovePerson($input: RemovePersonInput!) {
    removePerson(input: $input) {
      __typename
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const Webhooks = graphql(`
  query Webhooks {
    webhookEndpoints(first: 50) {
      nodes {
        id
        name
        url
        event
        enabled
        problem
        failingSince
        createdBy
        deliveries(first: 20) {
          nodes {
            id
            event
            status
            createdAt
            attempts
            nextAttemptAt
            responseStatus
            durationMilliseconds
            failure
          }
        }
      }
    }
  }
`);

export const CreateWebhook = graphql(`
  mutation CreateWebhook($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      __typename
      ... on CreateWebhookEndpointSuccess {
        secret
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const UpdateWebhook = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookEndpointInput!) {
    updateWebhookEndpoint(input: $input) {
      __typename
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const TestWebhook = graphql(`
  mutation TestWebhook($input: TestWebhookEndpointInput!) {
    testWebhookEndpoint(input: $input) {
      __typename
      ... on TestWebhookEndpointSuccess {
        webhookDelivery {
          status
          failure
          responseStatus
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const RetryDelivery = graphql(`
  mutation RetryDelivery($input: RetryWebhookDeliveryInput!) {
    retryWebhookDelivery(input: $input) {
      __typename
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);

export const SignOut = graphql(`
  mutation SignOut {
    signOut(input: {}) {
      __typename
    }
  }
`);

export const ImportCustomers = graphql(`
  mutation ImportCustomers($input: ImportCustomersInput!) {
    importCustomers(input: $input) {
      __typename
      ... on ImportCustomersSuccess {
        created
        updated
        unchanged
        refused
        rows {
          row
          outcome
          message
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`);
