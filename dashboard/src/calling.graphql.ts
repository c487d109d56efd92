import { graphql } from "./gql";

// How far a call has come that is placed from this page.
export const CallStep = graphql(`
  fragment CallStep on Call {
    id
    status
    answeredAt
    endedAt
    durationSeconds
    failure
    sdpAnswer
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
      ...Refusal
    }
  }
`);

export const EndCall = graphql(`
  mutation EndCall($input: EndCallInput!) {
    endCall(input: $input) {
      __typename
      ... on EndCallSuccess {
        call {
          ...CallStep
        }
      }
      ...Refusal
    }
  }
`);

export const OneCall = graphql(`
  query OneCall($id: ID!) {
    changeCursor
    node(id: $id) {
      __typename
      ... on Call {
        ...CallStep
      }
    }
  }
`);

export const CallSteps = graphql(`
  subscription CallSteps($after: String!, $ids: [ID!]) {
    callChanged(after: $after, callIds: $ids) {
      cursor
      call {
        ...CallStep
      }
    }
  }
`);

export const RunningCall = graphql(`
  query RunningCall($id: ID!, $calls: Boolean = true) {
    node(id: $id) {
      __typename
      ... on Call {
        status
        callPermission {
          ...PermissionRow
        }
      }
    }
  }
`);

export const RowNow = graphql(`
  query RowNow($id: ID!, $calls: Boolean = true) {
    node(id: $id) {
      __typename
      ... on CallPermission {
        ...PermissionRow
      }
    }
  }
`);
