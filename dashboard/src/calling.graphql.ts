import { graphql } from "./gql";

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
          id
          status
          answeredAt
          endedAt
          durationSeconds
          failure
          sdpAnswer
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

export const RunningCall = graphql(`
  query RunningCall($id: ID!) {
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
  query RowNow($id: ID!) {
    node(id: $id) {
      __typename
      ... on CallPermission {
        ...PermissionRow
      }
    }
  }
`);
