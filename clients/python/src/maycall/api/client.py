from collections.abc import AsyncGenerator
from datetime import date
from typing import Any, Optional, Union

from .api_tokens import ApiTokens, ApiTokensApiTokens
from .base_model import UNSET, UnsetType
from .business_numbers import BusinessNumbers, BusinessNumbersBusinessNumbers
from .call_changed import CallChanged, CallChangedCallChanged
from .call_permission_changed import (
    CallPermissionChanged,
    CallPermissionChangedCallPermissionChanged,
)
from .call_permissions import CallPermissions
from .calls import Calls, CallsCalls
from .change_cursor import ChangeCursor
from .changes import Changes, ChangesChanges
from .create_api_token import (
    CreateApiToken,
    CreateApiTokenSuccess,
    CreateApiTokenTooManyApiTokens,
)
from .create_business_number import (
    CreateBusinessNumber,
    CreateBusinessNumberBusinessNumberTaken,
    CreateBusinessNumberBusinessNumberUnusable,
    CreateBusinessNumberCredentialsMissing,
    CreateBusinessNumberEncryptionKeyMissing,
    CreateBusinessNumberSuccess,
    CreateBusinessNumberWhatsAppRefused,
)
from .create_customer import (
    CreateCustomer,
    CreateCustomerCustomerAlreadyExists,
    CreateCustomerSuccess,
)
from .create_webhook_endpoint import (
    CreateWebhookEndpoint,
    CreateWebhookEndpointEncryptionKeyMissing,
    CreateWebhookEndpointSuccess,
    CreateWebhookEndpointTooManyWebhookEndpoints,
    CreateWebhookEndpointWebhookAddressRefused,
    CreateWebhookEndpointWebhookDocumentRefused,
)
from .customers import Customers, CustomersCustomers
from .delete_customer import (
    DeleteCustomer,
    DeleteCustomerCallInProgress,
    DeleteCustomerSuccess,
)
from .delete_webhook_endpoint import (
    DeleteWebhookEndpoint,
    DeleteWebhookEndpointSuccess,
    DeleteWebhookEndpointWebhookDeliveriesWaiting,
)
from .end_call import (
    EndCall,
    EndCallCallAlreadyEnded,
    EndCallSuccess,
    EndCallWhatsAppRefused,
)
from .enums import (
    CallPermissionOrder,
    CallPermissionStatus,
    ChangeKind,
    WebhookDeliveryStatus,
)
from .find_customer import FindCustomer, FindCustomerCustomer
from .fragments import Refusal
from .import_customers import (
    ImportCustomers,
    ImportCustomersSuccess,
    ImportCustomersTooManyRows,
)
from .input_types import (
    CallFilter,
    CallPermissionFilter,
    CreateApiTokenInput,
    CreateBusinessNumberInput,
    CreateCustomerInput,
    CreateWebhookEndpointInput,
    CustomerBy,
    CustomerFilter,
    DeleteCustomerInput,
    DeleteWebhookEndpointInput,
    EndCallInput,
    ImportCustomersInput,
    InvitePersonInput,
    PermissionRequestFilter,
    RefreshCallPermissionInput,
    RemovePersonInput,
    RequestCallPermissionInput,
    RequestCallPermissionsInput,
    RetryWebhookDeliveryInput,
    RevokeApiTokenInput,
    RotateWebhookSecretInput,
    StartCallInput,
    TestWebhookEndpointInput,
    UpdateBusinessNumberInput,
    UpdateCustomerInput,
    UpdatePersonInput,
    UpdateWebhookEndpointInput,
)
from .invite_person import (
    InvitePerson,
    InvitePersonPersonAlreadyExists,
    InvitePersonSuccess,
)
from .people import People, PeoplePeople
from .permission_of import PermissionOf, PermissionOfCustomer
from .permission_report import PermissionReport, PermissionReportPermissionReport
from .permission_requests import (
    PermissionRequests,
    PermissionRequestsPermissionRequests,
)
from .refresh_call_permission import (
    RefreshCallPermission,
    RefreshCallPermissionCustomerNotReachable,
    RefreshCallPermissionNumberUnavailable,
    RefreshCallPermissionSuccess,
    RefreshCallPermissionWhatsAppRefused,
)
from .remove_person import (
    RemovePerson,
    RemovePersonLastAdmin,
    RemovePersonSuccess,
)
from .request_call_permission import (
    RequestCallPermission,
    RequestCallPermissionCustomerNotReachable,
    RequestCallPermissionIdempotencyKeyReused,
    RequestCallPermissionLimitReached,
    RequestCallPermissionNumberUnavailable,
    RequestCallPermissionPermissionAlreadyPermanent,
    RequestCallPermissionSuccess,
    RequestCallPermissionTemplateUnavailable,
    RequestCallPermissionWhatsAppRefused,
)
from .request_call_permissions import (
    RequestCallPermissions,
    RequestCallPermissionsIdempotencyKeyReused,
    RequestCallPermissionsSuccess,
    RequestCallPermissionsTemplateUnavailable,
    RequestCallPermissionsTooManyRows,
)
from .retry_webhook_delivery import (
    RetryWebhookDelivery,
    RetryWebhookDeliverySuccess,
    RetryWebhookDeliveryWebhookEndpointDisabled,
)
from .revoke_api_token import (
    RevokeApiToken,
    RevokeApiTokenLastAdminToken,
    RevokeApiTokenSuccess,
)
from .rotate_webhook_secret import (
    RotateWebhookSecret,
    RotateWebhookSecretEncryptionKeyMissing,
    RotateWebhookSecretSuccess,
    RotateWebhookSecretWebhookSecretJustRotated,
)
from .sending import Sending
from .start_call import (
    StartCall,
    StartCallCallInProgress,
    StartCallCustomerNotReachable,
    StartCallIdempotencyKeyReused,
    StartCallLimitReached,
    StartCallNumberUnavailable,
    StartCallPermissionMissing,
    StartCallSuccess,
    StartCallWhatsAppRefused,
)
from .test_webhook_endpoint import (
    TestWebhookEndpoint,
    TestWebhookEndpointSuccess,
    TestWebhookEndpointWebhookAddressRefused,
)
from .update_business_number import (
    UpdateBusinessNumber,
    UpdateBusinessNumberBusinessNumberUnusable,
    UpdateBusinessNumberCredentialsMissing,
    UpdateBusinessNumberEncryptionKeyMissing,
    UpdateBusinessNumberSuccess,
    UpdateBusinessNumberWhatsAppRefused,
)
from .update_customer import (
    UpdateCustomer,
    UpdateCustomerCustomerAlreadyExists,
    UpdateCustomerSuccess,
)
from .update_person import (
    UpdatePerson,
    UpdatePersonLastAdmin,
    UpdatePersonRoleFromProvider,
    UpdatePersonSuccess,
)
from .update_webhook_endpoint import (
    UpdateWebhookEndpoint,
    UpdateWebhookEndpointSuccess,
    UpdateWebhookEndpointWebhookAddressRefused,
    UpdateWebhookEndpointWebhookDocumentRefused,
    UpdateWebhookEndpointWebhookPlaceLost,
)
from .webhook_deliveries import (
    WebhookDeliveries,
    WebhookDeliveriesNodeNode,
    WebhookDeliveriesNodeWebhookEndpoint,
)
from .webhook_endpoints import WebhookEndpoints, WebhookEndpointsWebhookEndpoints
from .who_am_i import WhoAmI, WhoAmIViewer
from .worklist import Worklist


def gql(q: str) -> str:
    return q


class Operations(Sending):
    async def create_customer(
        self, input: CreateCustomerInput, **kwargs: Any
    ) -> Union[CreateCustomerSuccess, CreateCustomerCustomerAlreadyExists, Refusal]:
        query = gql("""
            mutation CreateCustomer($input: CreateCustomerInput!) {
              createCustomer(input: $input) {
                __typename
                ... on CreateCustomerSuccess {
                  customer {
                    ...Customer
                  }
                }
                ...CustomerAlreadyExists
                ...Refusal
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment CustomerAlreadyExists on CustomerAlreadyExists {
              field
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="CreateCustomer", variables=variables, **kwargs)
        data = self.get_data(response)
        return CreateCustomer.model_validate(data).create_customer

    async def update_customer(
        self, input: UpdateCustomerInput, **kwargs: Any
    ) -> Union[UpdateCustomerSuccess, UpdateCustomerCustomerAlreadyExists, Refusal]:
        query = gql("""
            mutation UpdateCustomer($input: UpdateCustomerInput!) {
              updateCustomer(input: $input) {
                __typename
                ... on UpdateCustomerSuccess {
                  customer {
                    ...Customer
                  }
                }
                ...CustomerAlreadyExists
                ...Refusal
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment CustomerAlreadyExists on CustomerAlreadyExists {
              field
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="UpdateCustomer", variables=variables, **kwargs)
        data = self.get_data(response)
        return UpdateCustomer.model_validate(data).update_customer

    async def request_call_permission(
        self, input: RequestCallPermissionInput, **kwargs: Any
    ) -> Union[
        RequestCallPermissionSuccess,
        RequestCallPermissionLimitReached,
        RequestCallPermissionPermissionAlreadyPermanent,
        RequestCallPermissionNumberUnavailable,
        RequestCallPermissionTemplateUnavailable,
        RequestCallPermissionCustomerNotReachable,
        RequestCallPermissionIdempotencyKeyReused,
        RequestCallPermissionWhatsAppRefused,
        Refusal,
    ]:
        query = gql("""
            mutation RequestCallPermission($input: RequestCallPermissionInput!) {
              requestCallPermission(input: $input) {
                __typename
                ... on RequestCallPermissionSuccess {
                  permissionRequest {
                    ...PermissionRequest
                  }
                }
                ...LimitReached
                ...WhatsAppRefused
                ...Refusal
              }
            }

            fragment LimitReached on LimitReached {
              limit {
                period
                maximum
                used
                resetsAt
              }
            }

            fragment PermissionRequest on PermissionRequest {
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
              failure
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WhatsAppRefused on WhatsAppRefused {
              whatsappCode
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="RequestCallPermission",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RequestCallPermission.model_validate(data).request_call_permission

    async def refresh_call_permission(
        self, input: RefreshCallPermissionInput, **kwargs: Any
    ) -> Union[
        RefreshCallPermissionSuccess,
        RefreshCallPermissionNumberUnavailable,
        RefreshCallPermissionCustomerNotReachable,
        RefreshCallPermissionWhatsAppRefused,
        Refusal,
    ]:
        query = gql("""
            mutation RefreshCallPermission($input: RefreshCallPermissionInput!) {
              refreshCallPermission(input: $input) {
                __typename
                ... on RefreshCallPermissionSuccess {
                  callPermission {
                    ...Permission
                  }
                  differences {
                    about
                    believed
                    whatsapp
                  }
                }
                ...WhatsAppRefused
                ...Refusal
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Permission on CallPermission {
              id
              status
              grantedAt
              expiresAt
              respondedAt
              unansweredStreak
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WhatsAppRefused on WhatsAppRefused {
              whatsappCode
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="RefreshCallPermission",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RefreshCallPermission.model_validate(data).refresh_call_permission

    async def start_call(
        self, input: StartCallInput, **kwargs: Any
    ) -> Union[
        StartCallSuccess,
        StartCallPermissionMissing,
        StartCallLimitReached,
        StartCallNumberUnavailable,
        StartCallCallInProgress,
        StartCallCustomerNotReachable,
        StartCallIdempotencyKeyReused,
        StartCallWhatsAppRefused,
        Refusal,
    ]:
        query = gql("""
            mutation StartCall($input: StartCallInput!) {
              startCall(input: $input) {
                __typename
                ... on StartCallSuccess {
                  call {
                    ...Call
                  }
                }
                ...PermissionMissing
                ...LimitReached
                ...WhatsAppRefused
                ...Refusal
              }
            }

            fragment Call on Call {
              id
              direction
              status
              queuedAt
              startedAt
              answeredAt
              endedAt
              durationSeconds
              failure
              sdpAnswer
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment LimitReached on LimitReached {
              limit {
                period
                maximum
                used
                resetsAt
              }
            }

            fragment PermissionMissing on PermissionMissing {
              status
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WhatsAppRefused on WhatsAppRefused {
              whatsappCode
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="StartCall", variables=variables, **kwargs)
        data = self.get_data(response)
        return StartCall.model_validate(data).start_call

    async def end_call(
        self, input: EndCallInput, **kwargs: Any
    ) -> Union[EndCallSuccess, EndCallCallAlreadyEnded, EndCallWhatsAppRefused, Refusal]:
        query = gql("""
            mutation EndCall($input: EndCallInput!) {
              endCall(input: $input) {
                __typename
                ... on EndCallSuccess {
                  call {
                    ...Call
                  }
                }
                ...WhatsAppRefused
                ...Refusal
              }
            }

            fragment Call on Call {
              id
              direction
              status
              queuedAt
              startedAt
              answeredAt
              endedAt
              durationSeconds
              failure
              sdpAnswer
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WhatsAppRefused on WhatsAppRefused {
              whatsappCode
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="EndCall", variables=variables, **kwargs)
        data = self.get_data(response)
        return EndCall.model_validate(data).end_call

    async def create_api_token(
        self, input: CreateApiTokenInput, **kwargs: Any
    ) -> Union[CreateApiTokenSuccess, CreateApiTokenTooManyApiTokens, Refusal]:
        query = gql("""
            mutation CreateApiToken($input: CreateApiTokenInput!) {
              createApiToken(input: $input) {
                __typename
                ... on CreateApiTokenSuccess {
                  apiToken {
                    ...ApiToken
                  }
                  secret
                }
                ...TooManyApiTokens
                ...Refusal
              }
            }

            fragment ApiToken on ApiToken {
              id
              name
              prefix
              scopes
              createdAt
              expiresAt
              lastUsedAt
              revokedAt
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment TooManyApiTokens on TooManyApiTokens {
              maximum
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="CreateApiToken", variables=variables, **kwargs)
        data = self.get_data(response)
        return CreateApiToken.model_validate(data).create_api_token

    async def revoke_api_token(
        self, input: RevokeApiTokenInput, **kwargs: Any
    ) -> Union[RevokeApiTokenSuccess, RevokeApiTokenLastAdminToken, Refusal]:
        query = gql("""
            mutation RevokeApiToken($input: RevokeApiTokenInput!) {
              revokeApiToken(input: $input) {
                __typename
                ... on RevokeApiTokenSuccess {
                  apiToken {
                    ...ApiToken
                  }
                }
                ...Refusal
              }
            }

            fragment ApiToken on ApiToken {
              id
              name
              prefix
              scopes
              createdAt
              expiresAt
              lastUsedAt
              revokedAt
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="RevokeApiToken", variables=variables, **kwargs)
        data = self.get_data(response)
        return RevokeApiToken.model_validate(data).revoke_api_token

    async def delete_customer(
        self, input: DeleteCustomerInput, **kwargs: Any
    ) -> Union[DeleteCustomerSuccess, DeleteCustomerCallInProgress, Refusal]:
        query = gql("""
            mutation DeleteCustomer($input: DeleteCustomerInput!) {
              deleteCustomer(input: $input) {
                __typename
                ... on DeleteCustomerSuccess {
                  deletedCustomerId
                  deletedAt
                }
                ...Refusal
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="DeleteCustomer", variables=variables, **kwargs)
        data = self.get_data(response)
        return DeleteCustomer.model_validate(data).delete_customer

    async def import_customers(
        self, input: ImportCustomersInput, **kwargs: Any
    ) -> Union[ImportCustomersSuccess, ImportCustomersTooManyRows, Refusal]:
        query = gql("""
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
                    problem
                    message
                    customer {
                      ...Customer
                    }
                  }
                }
                ...TooManyRows
                ...Refusal
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment TooManyRows on TooManyRows {
              maximum
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="ImportCustomers", variables=variables, **kwargs)
        data = self.get_data(response)
        return ImportCustomers.model_validate(data).import_customers

    async def request_call_permissions(
        self, input: RequestCallPermissionsInput, **kwargs: Any
    ) -> Union[
        RequestCallPermissionsSuccess,
        RequestCallPermissionsTemplateUnavailable,
        RequestCallPermissionsIdempotencyKeyReused,
        RequestCallPermissionsTooManyRows,
        Refusal,
    ]:
        query = gql("""
            mutation RequestCallPermissions($input: RequestCallPermissionsInput!) {
              requestCallPermissions(input: $input) {
                __typename
                ... on RequestCallPermissionsSuccess {
                  batch {
                    id
                  }
                  waiting
                  requested
                  later
                  alreadyAllowed
                  refused
                  entries {
                    state
                    code
                    message
                    availableAt
                    customer {
                      ...Customer
                    }
                  }
                }
                ...TooManyRows
                ...Refusal
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment TooManyRows on TooManyRows {
              maximum
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="RequestCallPermissions",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RequestCallPermissions.model_validate(data).request_call_permissions

    async def create_webhook_endpoint(
        self, input: CreateWebhookEndpointInput, **kwargs: Any
    ) -> Union[
        CreateWebhookEndpointSuccess,
        CreateWebhookEndpointWebhookAddressRefused,
        CreateWebhookEndpointWebhookDocumentRefused,
        CreateWebhookEndpointTooManyWebhookEndpoints,
        CreateWebhookEndpointEncryptionKeyMissing,
        Refusal,
    ]:
        query = gql("""
            mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {
              createWebhookEndpoint(input: $input) {
                __typename
                ... on CreateWebhookEndpointSuccess {
                  webhookEndpoint {
                    ...WebhookEndpoint
                  }
                  secret
                }
                ...Refusal
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WebhookEndpoint on WebhookEndpoint {
              id
              name
              url
              document
              event
              enabled
              disabledAt
              problem
              failingSince
              cursor
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="CreateWebhookEndpoint",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateWebhookEndpoint.model_validate(data).create_webhook_endpoint

    async def delete_webhook_endpoint(
        self, input: DeleteWebhookEndpointInput, **kwargs: Any
    ) -> Union[DeleteWebhookEndpointSuccess, DeleteWebhookEndpointWebhookDeliveriesWaiting, Refusal]:
        query = gql("""
            mutation DeleteWebhookEndpoint($input: DeleteWebhookEndpointInput!) {
              deleteWebhookEndpoint(input: $input) {
                __typename
                ... on DeleteWebhookEndpointSuccess {
                  webhookEndpoint {
                    ...WebhookEndpoint
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WebhookEndpoint on WebhookEndpoint {
              id
              name
              url
              document
              event
              enabled
              disabledAt
              problem
              failingSince
              cursor
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="DeleteWebhookEndpoint",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteWebhookEndpoint.model_validate(data).delete_webhook_endpoint

    async def update_webhook_endpoint(
        self, input: UpdateWebhookEndpointInput, **kwargs: Any
    ) -> Union[
        UpdateWebhookEndpointSuccess,
        UpdateWebhookEndpointWebhookAddressRefused,
        UpdateWebhookEndpointWebhookDocumentRefused,
        UpdateWebhookEndpointWebhookPlaceLost,
        Refusal,
    ]:
        query = gql("""
            mutation UpdateWebhookEndpoint($input: UpdateWebhookEndpointInput!) {
              updateWebhookEndpoint(input: $input) {
                __typename
                ... on UpdateWebhookEndpointSuccess {
                  webhookEndpoint {
                    ...WebhookEndpoint
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WebhookEndpoint on WebhookEndpoint {
              id
              name
              url
              document
              event
              enabled
              disabledAt
              problem
              failingSince
              cursor
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="UpdateWebhookEndpoint",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateWebhookEndpoint.model_validate(data).update_webhook_endpoint

    async def rotate_webhook_secret(
        self, input: RotateWebhookSecretInput, **kwargs: Any
    ) -> Union[
        RotateWebhookSecretSuccess,
        RotateWebhookSecretWebhookSecretJustRotated,
        RotateWebhookSecretEncryptionKeyMissing,
        Refusal,
    ]:
        query = gql("""
            mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {
              rotateWebhookSecret(input: $input) {
                __typename
                ... on RotateWebhookSecretSuccess {
                  webhookEndpoint {
                    ...WebhookEndpoint
                  }
                  secret
                }
                ...Refusal
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WebhookEndpoint on WebhookEndpoint {
              id
              name
              url
              document
              event
              enabled
              disabledAt
              problem
              failingSince
              cursor
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="RotateWebhookSecret",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RotateWebhookSecret.model_validate(data).rotate_webhook_secret

    async def retry_webhook_delivery(
        self, input: RetryWebhookDeliveryInput, **kwargs: Any
    ) -> Union[RetryWebhookDeliverySuccess, RetryWebhookDeliveryWebhookEndpointDisabled, Refusal]:
        query = gql("""
            mutation RetryWebhookDelivery($input: RetryWebhookDeliveryInput!) {
              retryWebhookDelivery(input: $input) {
                __typename
                ... on RetryWebhookDeliverySuccess {
                  webhookDelivery {
                    ...WebhookDelivery
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WebhookDelivery on WebhookDelivery {
              id
              event
              status
              messageId
              cursor
              createdAt
              attempts
              nextAttemptAt
              lastAttemptAt
              deliveredAt
              responseStatus
              responseBody
              failure
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="RetryWebhookDelivery",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RetryWebhookDelivery.model_validate(data).retry_webhook_delivery

    async def test_webhook_endpoint(
        self, input: TestWebhookEndpointInput, **kwargs: Any
    ) -> Union[TestWebhookEndpointSuccess, TestWebhookEndpointWebhookAddressRefused, Refusal]:
        query = gql("""
            mutation TestWebhookEndpoint($input: TestWebhookEndpointInput!) {
              testWebhookEndpoint(input: $input) {
                __typename
                ... on TestWebhookEndpointSuccess {
                  webhookDelivery {
                    ...WebhookDelivery
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WebhookDelivery on WebhookDelivery {
              id
              event
              status
              messageId
              cursor
              createdAt
              attempts
              nextAttemptAt
              lastAttemptAt
              deliveredAt
              responseStatus
              responseBody
              failure
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="TestWebhookEndpoint",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return TestWebhookEndpoint.model_validate(data).test_webhook_endpoint

    async def create_business_number(
        self, input: CreateBusinessNumberInput, **kwargs: Any
    ) -> Union[
        CreateBusinessNumberSuccess,
        CreateBusinessNumberBusinessNumberTaken,
        CreateBusinessNumberBusinessNumberUnusable,
        CreateBusinessNumberCredentialsMissing,
        CreateBusinessNumberEncryptionKeyMissing,
        CreateBusinessNumberWhatsAppRefused,
        Refusal,
    ]:
        query = gql("""
            mutation CreateBusinessNumber($input: CreateBusinessNumberInput!) {
              createBusinessNumber(input: $input) {
                __typename
                ... on CreateBusinessNumberSuccess {
                  businessNumber {
                    ...BusinessNumber
                  }
                }
                ...BusinessNumberUnusable
                ...WhatsAppRefused
                ...Refusal
              }
            }

            fragment BusinessNumber on BusinessNumber {
              id
              name
              displayPhoneNumber
              environment
              callingEnabled
              restrictedUntil
              problem
            }

            fragment BusinessNumberUnusable on BusinessNumberUnusable {
              reasons
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WhatsAppRefused on WhatsAppRefused {
              whatsappCode
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="CreateBusinessNumber",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateBusinessNumber.model_validate(data).create_business_number

    async def update_business_number(
        self, input: UpdateBusinessNumberInput, **kwargs: Any
    ) -> Union[
        UpdateBusinessNumberSuccess,
        UpdateBusinessNumberBusinessNumberUnusable,
        UpdateBusinessNumberCredentialsMissing,
        UpdateBusinessNumberEncryptionKeyMissing,
        UpdateBusinessNumberWhatsAppRefused,
        Refusal,
    ]:
        query = gql("""
            mutation UpdateBusinessNumber($input: UpdateBusinessNumberInput!) {
              updateBusinessNumber(input: $input) {
                __typename
                ... on UpdateBusinessNumberSuccess {
                  businessNumber {
                    ...BusinessNumber
                  }
                }
                ...BusinessNumberUnusable
                ...WhatsAppRefused
                ...Refusal
              }
            }

            fragment BusinessNumber on BusinessNumber {
              id
              name
              displayPhoneNumber
              environment
              callingEnabled
              restrictedUntil
              problem
            }

            fragment BusinessNumberUnusable on BusinessNumberUnusable {
              reasons
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }

            fragment WhatsAppRefused on WhatsAppRefused {
              whatsappCode
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="UpdateBusinessNumber",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateBusinessNumber.model_validate(data).update_business_number

    async def invite_person(
        self, input: InvitePersonInput, **kwargs: Any
    ) -> Union[InvitePersonSuccess, InvitePersonPersonAlreadyExists, Refusal]:
        query = gql("""
            mutation InvitePerson($input: InvitePersonInput!) {
              invitePerson(input: $input) {
                __typename
                ... on InvitePersonSuccess {
                  person {
                    ...Person
                  }
                }
                ...Refusal
              }
            }

            fragment Person on Person {
              id
              name
              email
              role
              roleFromProvider
              allBusinessNumbers
              invitedBy
              createdAt
              lastSignedInAt
              removedAt
              businessNumbers {
                id
                name
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="InvitePerson", variables=variables, **kwargs)
        data = self.get_data(response)
        return InvitePerson.model_validate(data).invite_person

    async def update_person(
        self, input: UpdatePersonInput, **kwargs: Any
    ) -> Union[UpdatePersonSuccess, UpdatePersonLastAdmin, UpdatePersonRoleFromProvider, Refusal]:
        query = gql("""
            mutation UpdatePerson($input: UpdatePersonInput!) {
              updatePerson(input: $input) {
                __typename
                ... on UpdatePersonSuccess {
                  person {
                    ...Person
                  }
                }
                ...Refusal
              }
            }

            fragment Person on Person {
              id
              name
              email
              role
              roleFromProvider
              allBusinessNumbers
              invitedBy
              createdAt
              lastSignedInAt
              removedAt
              businessNumbers {
                id
                name
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="UpdatePerson", variables=variables, **kwargs)
        data = self.get_data(response)
        return UpdatePerson.model_validate(data).update_person

    async def remove_person(
        self, input: RemovePersonInput, **kwargs: Any
    ) -> Union[RemovePersonSuccess, RemovePersonLastAdmin, Refusal]:
        query = gql("""
            mutation RemovePerson($input: RemovePersonInput!) {
              removePerson(input: $input) {
                __typename
                ... on RemovePersonSuccess {
                  person {
                    ...Person
                  }
                }
                ...Refusal
              }
            }

            fragment Person on Person {
              id
              name
              email
              role
              roleFromProvider
              allBusinessNumbers
              invitedBy
              createdAt
              lastSignedInAt
              removedAt
              businessNumbers {
                id
                name
              }
            }

            fragment Refusal on Refusal {
              code
              message
              availableAt
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(query=query, operation_name="RemovePerson", variables=variables, **kwargs)
        data = self.get_data(response)
        return RemovePerson.model_validate(data).remove_person

    async def who_am_i(self, **kwargs: Any) -> WhoAmIViewer:
        query = gql("""
            query WhoAmI {
              viewer {
                name
                scopes
                workspace {
                  id
                  name
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(query=query, operation_name="WhoAmI", variables=variables, **kwargs)
        data = self.get_data(response)
        return WhoAmI.model_validate(data).viewer

    async def business_numbers(self, **kwargs: Any) -> list[BusinessNumbersBusinessNumbers]:
        query = gql("""
            query BusinessNumbers {
              businessNumbers {
                ...BusinessNumber
              }
            }

            fragment BusinessNumber on BusinessNumber {
              id
              name
              displayPhoneNumber
              environment
              callingEnabled
              restrictedUntil
              problem
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(query=query, operation_name="BusinessNumbers", variables=variables, **kwargs)
        data = self.get_data(response)
        return BusinessNumbers.model_validate(data).business_numbers

    async def find_customer(self, by: CustomerBy, **kwargs: Any) -> Optional[FindCustomerCustomer]:
        query = gql("""
            query FindCustomer($by: CustomerBy!) {
              customer(by: $by) {
                ...Customer
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }
            """)
        variables: dict[str, object] = {"by": by}
        response = await self.execute(query=query, operation_name="FindCustomer", variables=variables, **kwargs)
        data = self.get_data(response)
        return FindCustomer.model_validate(data).customer

    async def customers(
        self,
        filter_: Union[Optional[CustomerFilter], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CustomersCustomers:
        query = gql("""
            query Customers($filter: CustomerFilter, $first: Int = 100, $after: String) {
              customers(filter: $filter, first: $first, after: $after) {
                nodes {
                  ...Customer
                }
                pageInfo {
                  ...Page
                }
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }
            """)
        variables: dict[str, object] = {
            "filter": filter_,
            "first": first,
            "after": after,
        }
        response = await self.execute(query=query, operation_name="Customers", variables=variables, **kwargs)
        data = self.get_data(response)
        return Customers.model_validate(data).customers

    async def permission_of(
        self, by: CustomerBy, business_number_id: str, **kwargs: Any
    ) -> Optional[PermissionOfCustomer]:
        query = gql("""
            query PermissionOf($by: CustomerBy!, $businessNumberId: ID!) {
              customer(by: $by) {
                callPermission(businessNumberId: $businessNumberId) {
                  ...Permission
                  canCall {
                    ...Eligibility
                  }
                  canRequest {
                    ...Eligibility
                  }
                }
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Eligibility on Eligibility {
              allowed
              blockers {
                code
                message
                availableAt
              }
              limits {
                period
                maximum
                used
                resetsAt
              }
              cautions
            }

            fragment Permission on CallPermission {
              id
              status
              grantedAt
              expiresAt
              respondedAt
              unansweredStreak
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }
            """)
        variables: dict[str, object] = {
            "by": by,
            "businessNumberId": business_number_id,
        }
        response = await self.execute(query=query, operation_name="PermissionOf", variables=variables, **kwargs)
        data = self.get_data(response)
        return PermissionOf.model_validate(data).customer

    async def change_cursor(self, **kwargs: Any) -> str:
        query = gql("""
            query ChangeCursor {
              changeCursor
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(query=query, operation_name="ChangeCursor", variables=variables, **kwargs)
        data = self.get_data(response)
        return ChangeCursor.model_validate(data).change_cursor

    async def worklist(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        business_number_id: Union[Optional[str], UnsetType] = UNSET,
        customer_tags: Union[Optional[list[str]], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Worklist:
        query = gql("""
            query Worklist($first: Int = 100, $after: String, $businessNumberId: ID, $customerTags: [String!]) {
              changeCursor
              callPermissions(
                filter: {callableNow: true, businessNumberId: $businessNumberId, customerTags: $customerTags}
                orderBy: EXPIRES_AT
                first: $first
                after: $after
              ) {
                nodes {
                  ...Permission
                }
                pageInfo {
                  ...Page
                }
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }

            fragment Permission on CallPermission {
              id
              status
              grantedAt
              expiresAt
              respondedAt
              unansweredStreak
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "businessNumberId": business_number_id,
            "customerTags": customer_tags,
        }
        response = await self.execute(query=query, operation_name="Worklist", variables=variables, **kwargs)
        data = self.get_data(response)
        return Worklist.model_validate(data)

    async def call_permissions(
        self,
        filter_: Union[Optional[CallPermissionFilter], UnsetType] = UNSET,
        order_by: Union[Optional[CallPermissionOrder], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CallPermissions:
        query = gql("""
            query CallPermissions($filter: CallPermissionFilter, $orderBy: CallPermissionOrder = CREATED_AT, $first: Int = 100, $after: String) {
              changeCursor
              callPermissions(
                filter: $filter
                orderBy: $orderBy
                first: $first
                after: $after
              ) {
                nodes {
                  ...Permission
                }
                pageInfo {
                  ...Page
                }
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }

            fragment Permission on CallPermission {
              id
              status
              grantedAt
              expiresAt
              respondedAt
              unansweredStreak
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }
            """)
        variables: dict[str, object] = {
            "filter": filter_,
            "orderBy": order_by,
            "first": first,
            "after": after,
        }
        response = await self.execute(query=query, operation_name="CallPermissions", variables=variables, **kwargs)
        data = self.get_data(response)
        return CallPermissions.model_validate(data)

    async def permission_requests(
        self,
        filter_: Union[Optional[PermissionRequestFilter], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> PermissionRequestsPermissionRequests:
        query = gql("""
            query PermissionRequests($filter: PermissionRequestFilter, $first: Int = 100, $after: String) {
              permissionRequests(filter: $filter, first: $first, after: $after) {
                nodes {
                  ...PermissionRequest
                  customer {
                    ...Customer
                  }
                }
                pageInfo {
                  ...Page
                }
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }

            fragment PermissionRequest on PermissionRequest {
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
              failure
            }
            """)
        variables: dict[str, object] = {
            "filter": filter_,
            "first": first,
            "after": after,
        }
        response = await self.execute(
            query=query,
            operation_name="PermissionRequests",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return PermissionRequests.model_validate(data).permission_requests

    async def calls(
        self,
        filter_: Union[Optional[CallFilter], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CallsCalls:
        query = gql("""
            query Calls($filter: CallFilter, $first: Int = 100, $after: String) {
              calls(filter: $filter, first: $first, after: $after) {
                nodes {
                  ...Call
                }
                pageInfo {
                  ...Page
                }
              }
            }

            fragment Call on Call {
              id
              direction
              status
              queuedAt
              startedAt
              answeredAt
              endedAt
              durationSeconds
              failure
              sdpAnswer
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }
            """)
        variables: dict[str, object] = {
            "filter": filter_,
            "first": first,
            "after": after,
        }
        response = await self.execute(query=query, operation_name="Calls", variables=variables, **kwargs)
        data = self.get_data(response)
        return Calls.model_validate(data).calls

    async def api_tokens(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ApiTokensApiTokens:
        query = gql("""
            query ApiTokens($first: Int = 100, $after: String) {
              apiTokens(first: $first, after: $after) {
                nodes {
                  ...ApiToken
                }
                pageInfo {
                  ...Page
                }
              }
            }

            fragment ApiToken on ApiToken {
              id
              name
              prefix
              scopes
              createdAt
              expiresAt
              lastUsedAt
              revokedAt
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }
            """)
        variables: dict[str, object] = {"first": first, "after": after}
        response = await self.execute(query=query, operation_name="ApiTokens", variables=variables, **kwargs)
        data = self.get_data(response)
        return ApiTokens.model_validate(data).api_tokens

    async def webhook_endpoints(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> WebhookEndpointsWebhookEndpoints:
        query = gql("""
            query WebhookEndpoints($first: Int = 100, $after: String) {
              webhookEndpoints(first: $first, after: $after) {
                nodes {
                  ...WebhookEndpoint
                }
                pageInfo {
                  ...Page
                }
              }
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }

            fragment WebhookEndpoint on WebhookEndpoint {
              id
              name
              url
              document
              event
              enabled
              disabledAt
              problem
              failingSince
              cursor
            }
            """)
        variables: dict[str, object] = {"first": first, "after": after}
        response = await self.execute(
            query=query,
            operation_name="WebhookEndpoints",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return WebhookEndpoints.model_validate(data).webhook_endpoints

    async def webhook_deliveries(
        self,
        id: str,
        statuses: Union[Optional[list[WebhookDeliveryStatus]], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[Union[WebhookDeliveriesNodeNode, WebhookDeliveriesNodeWebhookEndpoint]]:
        query = gql("""
            query WebhookDeliveries($id: ID!, $statuses: [WebhookDeliveryStatus!], $first: Int = 100, $after: String) {
              node(id: $id) {
                __typename
                ... on WebhookEndpoint {
                  deliveries(filter: {statuses: $statuses}, first: $first, after: $after) {
                    nodes {
                      ...WebhookDelivery
                    }
                    pageInfo {
                      ...Page
                    }
                  }
                }
              }
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }

            fragment WebhookDelivery on WebhookDelivery {
              id
              event
              status
              messageId
              cursor
              createdAt
              attempts
              nextAttemptAt
              lastAttemptAt
              deliveredAt
              responseStatus
              responseBody
              failure
            }
            """)
        variables: dict[str, object] = {
            "id": id,
            "statuses": statuses,
            "first": first,
            "after": after,
        }
        response = await self.execute(
            query=query,
            operation_name="WebhookDeliveries",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return WebhookDeliveries.model_validate(data).node

    async def people(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> PeoplePeople:
        query = gql("""
            query People($first: Int = 100, $after: String) {
              people(first: $first, after: $after) {
                nodes {
                  ...Person
                }
                pageInfo {
                  ...Page
                }
              }
            }

            fragment Page on PageInfo {
              hasNextPage
              endCursor
            }

            fragment Person on Person {
              id
              name
              email
              role
              roleFromProvider
              allBusinessNumbers
              invitedBy
              createdAt
              lastSignedInAt
              removedAt
              businessNumbers {
                id
                name
              }
            }
            """)
        variables: dict[str, object] = {"first": first, "after": after}
        response = await self.execute(query=query, operation_name="People", variables=variables, **kwargs)
        data = self.get_data(response)
        return People.model_validate(data).people

    async def permission_report(
        self,
        from_: date,
        to: date,
        timezone: Union[Optional[str], UnsetType] = UNSET,
        business_number_id: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> PermissionReportPermissionReport:
        query = gql("""
            query PermissionReport($from: Date!, $to: Date!, $timezone: String = "UTC", $businessNumberId: ID) {
              permissionReport(
                from: $from
                to: $to
                timezone: $timezone
                businessNumberId: $businessNumberId
              ) {
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
            """)
        variables: dict[str, object] = {
            "from": from_,
            "to": to,
            "timezone": timezone,
            "businessNumberId": business_number_id,
        }
        response = await self.execute(
            query=query,
            operation_name="PermissionReport",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return PermissionReport.model_validate(data).permission_report

    async def call_permission_changed(
        self,
        after: Union[Optional[str], UnsetType] = UNSET,
        customer_ids: Union[Optional[list[str]], UnsetType] = UNSET,
        business_number_ids: Union[Optional[list[str]], UnsetType] = UNSET,
        statuses: Union[Optional[list[CallPermissionStatus]], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncGenerator[CallPermissionChangedCallPermissionChanged, None]:
        query = gql("""
            subscription CallPermissionChanged($after: String, $customerIds: [ID!], $businessNumberIds: [ID!], $statuses: [CallPermissionStatus!]) {
              callPermissionChanged(
                after: $after
                customerIds: $customerIds
                businessNumberIds: $businessNumberIds
                statuses: $statuses
              ) {
                ...CallPermissionChange
              }
            }

            fragment CallPermissionChange on CallPermissionChange {
              cursor
              occurredAt
              cause
              previousStatus
              status
              callPermission {
                ...Permission
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }

            fragment Permission on CallPermission {
              id
              status
              grantedAt
              expiresAt
              respondedAt
              unansweredStreak
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }
            """)
        variables: dict[str, object] = {
            "after": after,
            "customerIds": customer_ids,
            "businessNumberIds": business_number_ids,
            "statuses": statuses,
        }
        async for data in self.execute_ws(
            query=query,
            operation_name="CallPermissionChanged",
            variables=variables,
            **kwargs,
        ):
            yield CallPermissionChanged.model_validate(data).call_permission_changed

    async def call_changed(
        self,
        after: Union[Optional[str], UnsetType] = UNSET,
        customer_ids: Union[Optional[list[str]], UnsetType] = UNSET,
        business_number_ids: Union[Optional[list[str]], UnsetType] = UNSET,
        call_ids: Union[Optional[list[str]], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncGenerator[CallChangedCallChanged, None]:
        query = gql("""
            subscription CallChanged($after: String, $customerIds: [ID!], $businessNumberIds: [ID!], $callIds: [ID!]) {
              callChanged(
                after: $after
                customerIds: $customerIds
                businessNumberIds: $businessNumberIds
                callIds: $callIds
              ) {
                ...CallChange
              }
            }

            fragment Call on Call {
              id
              direction
              status
              queuedAt
              startedAt
              answeredAt
              endedAt
              durationSeconds
              failure
              sdpAnswer
              customer {
                ...Customer
              }
              businessNumber {
                id
                name
              }
            }

            fragment CallChange on CallChange {
              cursor
              occurredAt
              cause
              previousStatus
              status
              call {
                ...Call
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }
            """)
        variables: dict[str, object] = {
            "after": after,
            "customerIds": customer_ids,
            "businessNumberIds": business_number_ids,
            "callIds": call_ids,
        }
        async for data in self.execute_ws(query=query, operation_name="CallChanged", variables=variables, **kwargs):
            yield CallChanged.model_validate(data).call_changed

    async def changes(
        self,
        after: Union[Optional[str], UnsetType] = UNSET,
        kinds: Union[Optional[list[ChangeKind]], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncGenerator[ChangesChanges, None]:
        query = gql("""
            subscription Changes($after: String, $kinds: [ChangeKind!]) {
              changes(after: $after, kinds: $kinds) {
                ...Change
              }
            }

            fragment Change on Change {
              cursor
              occurredAt
              recordedAt
              kind
              cause
              actor
              previousStatus
              status
              node {
                __typename
                id
              }
              customer {
                ...Customer
              }
            }

            fragment Customer on Customer {
              id
              name
              phone
              whatsappUserId
              externalId
              tags
              timezone
            }
            """)
        variables: dict[str, object] = {"after": after, "kinds": kinds}
        async for data in self.execute_ws(query=query, operation_name="Changes", variables=variables, **kwargs):
            yield Changes.model_validate(data).changes
