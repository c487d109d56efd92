/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Who called whom. */
export type CallDirection =
  /** The business called the customer. */
  | 'BUSINESS_INITIATED'
  /** The customer called the business. */
  | 'USER_INITIATED'
  | '%future added value';

/** Which calls to list. All that is given must hold. */
export type CallFilter = {
  /** Of this business number. */
  businessNumberId?: string | null | undefined;
  /** With this customer. */
  customerId?: string | null | undefined;
  /** Any of these statuses. */
  statuses?: Array<CallStatus> | null | undefined;
};

/** Which call permissions to list. All that is given must hold. */
export type CallPermissionFilter = {
  /** Of this business number. */
  businessNumberId?: string | null | undefined;
  /** Whether the customer may be rung at this moment. */
  callableNow?: boolean | null | undefined;
  /** Part of the customer's name or phone. */
  customerSearch?: string | null | undefined;
  /** Customers with at least one of these tags. */
  customerTags?: Array<string> | null | undefined;
  /** Temporary permissions that are live and run out before this moment. */
  expiresBefore?: string | null | undefined;
  /** Whether the customer may be asked at this moment. */
  requestableNow?: boolean | null | undefined;
  /** Any of these statuses, as of now. */
  statuses?: Array<CallPermissionStatus> | null | undefined;
};

/** What call permissions are ordered by. */
export type CallPermissionOrder =
  /** Oldest first. */
  | 'CREATED_AT'
  /** Soonest to run out first; those that do not run out last. */
  | 'EXPIRES_AT'
  | '%future added value';

/** What a customer's permission is, always as of now. */
export type CallPermissionStatus =
  /** The customer said no. They may still change their mind. */
  | 'DECLINED'
  /** The customer allowed calls for a time, which has run out. */
  | 'EXPIRED'
  /** The customer was never asked, or no request of ours is open, and never answered. */
  | 'NOT_REQUESTED'
  /** The customer allows calls until they take it back. */
  | 'PERMANENT'
  /** A request is with the customer, who has not answered it yet. */
  | 'REQUESTED'
  /** The customer, or WhatsApp after too many missed calls, took a permission back. */
  | 'REVOKED'
  /** The customer allows calls until `expiresAt`. */
  | 'TEMPORARY'
  | '%future added value';

/** How far a call has come. */
export type CallStatus =
  /** The business hung up before anybody answered. */
  | 'CANCELLED'
  /** It was answered and has ended. */
  | 'COMPLETED'
  /** WhatsApp is trying the customer's phone. */
  | 'CONNECTING'
  /** It could not be made; `failure` says why. */
  | 'FAILED'
  /** The customer has picked up. */
  | 'IN_PROGRESS'
  /** Nobody picked up. */
  | 'NO_ANSWER'
  /** Reserved; WhatsApp has not confirmed it yet. */
  | 'QUEUED'
  /** The customer declined it. */
  | 'REJECTED'
  /** The customer's phone is ringing. */
  | 'RINGING'
  | '%future added value';

/** What may go wrong although it is allowed. */
export type Caution =
  /** If this call goes unanswered too, WhatsApp asks the customer to think again. */
  | 'NUDGE_IF_UNANSWERED'
  /** If this call goes unanswered too, WhatsApp takes the permission back. */
  | 'REVOCATION_IF_UNANSWERED'
  | '%future added value';

/** Why something changed. */
export type ChangeCause =
  /** WhatsApp granted or revoked by itself, for the customer. */
  | 'AUTOMATIC'
  /** WhatsApp reported how far the call has come. */
  | 'CALL_EVENT'
  /** The business placed a call. */
  | 'CALL_PLACED'
  /** It was added. */
  | 'CREATED'
  /** The customer allowed, declined, or took a permission back. */
  | 'CUSTOMER_ANSWERED'
  /** The business hung up. */
  | 'HUNG_UP'
  /** The customer has another phone or WhatsApp user id now. */
  | 'IDENTITY'
  /** A server stopped in the middle of it, and what became of it was found out. */
  | 'INTERRUPTED'
  /** WhatsApp reported how far the message has come. */
  | 'MESSAGE_STATUS'
  /** Nothing was heard of the call for too long, so its end is taken to be lost. */
  | 'OVERDUE'
  /** Its time was over. */
  | 'RAN_OUT'
  /** The customer was asked for permission. */
  | 'REQUESTED'
  /** A newer request took its place. */
  | 'SUPERSEDED'
  /** Maycall switched it off by itself; its `problem` says why. */
  | 'SWITCHED_OFF'
  /** Somebody changed it. */
  | 'UPDATED'
  /** WhatsApp was asked, and believed otherwise. */
  | 'VERIFIED'
  /** WhatsApp refused, or said so when it was spoken to. */
  | 'WHATSAPP'
  | '%future added value';

/** What a change is about. */
export type ChangeKind =
  /** A business number. */
  | 'BUSINESS_NUMBER'
  /** A call. */
  | 'CALL'
  /** A permission to call. */
  | 'CALL_PERMISSION'
  /** A customer. */
  | 'CUSTOMER'
  /** A permission request. */
  | 'PERMISSION_REQUEST'
  /** A webhook endpoint. */
  | 'WEBHOOK_ENDPOINT'
  | '%future added value';

/** A new API token. */
export type CreateApiTokenInput = {
  /** When it ends by itself; left out, when it is revoked. */
  expiresAt?: string | null | undefined;
  /** Whose it is, or what for. */
  name: string;
  /** What it lets its holder do, such as permissions:request. */
  scopes: Array<string>;
};

/** A business number to add. What Meta knows of it is asked of Meta. */
export type CreateBusinessNumberInput = {
  /** The access token to speak to WhatsApp with, if it has one of its own. It is kept encrypted and never shown. */
  accessToken?: string | null | undefined;
  /** The secret of the app that WhatsApp tells its news through, if it has one of its own. It is kept encrypted and never shown. */
  appSecret?: string | null | undefined;
  /** Where the number lives. */
  environment: Environment;
  /** What to call it; left out, as WhatsApp has verified it. */
  name?: string | null | undefined;
  /** Meta's id of the number, from WhatsApp Manager. */
  phoneNumberId: string;
  /** The limits that hold for it: SANDBOX for Meta's test numbers. */
  policy?: PolicyName;
  /** The id of its WhatsApp Business Account; left out, it is found out where the access token tells. */
  wabaId?: string | null | undefined;
};

/** A new customer, who needs a phone or a whatsappUserId. */
export type CreateCustomerInput = {
  /** The business's own id of the customer. */
  externalId?: string | null | undefined;
  /** What the customer is called. */
  name?: string | null | undefined;
  /** The customer's phone as E.164. */
  phone?: string | null | undefined;
  /** The business's own tags, 50 at the most. */
  tags?: Array<string> | null | undefined;
  /** The customer's time zone, as in Asia/Kolkata. */
  timezone?: string | null | undefined;
  /** WhatsApp's business-scoped user id of the customer. */
  whatsappUserId?: string | null | undefined;
};

/** A new webhook endpoint. */
export type CreateWebhookEndpointInput = {
  /** Begin with what came after this cursor of the log; left out, from now on. */
  after?: string | null | undefined;
  /** A GraphQL document with one subscription: its results are sent. */
  document: string;
  /** What to call it. */
  name: string;
  /** What the payload may show; left out, all that your own token may see. */
  scopes?: Array<string> | null | undefined;
  /** The address to post to, with https. */
  url: string;
  /** The subscription's variables. */
  variables?: unknown;
};

/** Which customer: exactly one of these names. */
export type CustomerBy =
  {   /** The business's own id of the customer. */
  externalId: string; id?: never; phone?: never; whatsappUserId?: never; }
  |  { externalId?: never;   /** The customer's id. */
  id: string; phone?: never; whatsappUserId?: never; }
  |  { externalId?: never; id?: never;   /** The customer's phone as E.164. */
  phone: string; whatsappUserId?: never; }
  |  { externalId?: never; id?: never; phone?: never;   /** WhatsApp's business-scoped user id. */
  whatsappUserId: string; };

/** Which customers to list. What is left out does not matter; all that is given must hold. */
export type CustomerFilter = {
  /** Part of the name or phone. */
  search?: string | null | undefined;
  /** At least one of these tags. */
  tags?: Array<string> | null | undefined;
};

/** Which customer to delete. */
export type DeleteCustomerInput = {
  /** Which customer. */
  customerId: string;
};

/** Which webhook endpoint to delete. */
export type DeleteWebhookEndpointInput = {
  /** Whether to delete it although deliveries are waiting to be taken. */
  discardWaiting?: boolean;
  /** The endpoint. */
  webhookEndpointId: string;
};

/** Which call to hang up. */
export type EndCallInput = {
  /** The call. */
  callId: string;
};

/** Where a business number lives. */
export type Environment =
  /** On WhatsApp. */
  | 'PRODUCTION'
  /** In Maycall's stand-in for WhatsApp: nobody real is reached. */
  | 'SANDBOX'
  | '%future added value';

/** Customers to bring in together. */
export type ImportCustomersInput = {
  /** The rows, 1000 at the most. */
  customers: Array<ImportedCustomerInput>;
  /** Whether only to tell what would come of it. */
  dryRun?: boolean;
};

/** What came of a row that was imported. */
export type ImportOutcome =
  /** There is a new customer. */
  | 'CREATED'
  /** Nothing was done; `message` says why. */
  | 'REFUSED'
  /** The customer is known, and nothing is new. */
  | 'UNCHANGED'
  /** A customer who was known has been changed. */
  | 'UPDATED'
  | '%future added value';

/** Why a row was not imported. */
export type ImportProblem =
  /** One of its values cannot be meant, or it names nobody. */
  | 'INVALID'
  /** An earlier row means the same customer. */
  | 'SAME_CUSTOMER_TWICE'
  /** Its names are those of different customers. */
  | 'SEVERAL_CUSTOMERS'
  /** WhatsApp could not reach the customer: there is neither a phone nor a WhatsApp user id. */
  | 'UNREACHABLE'
  | '%future added value';

/** A customer to create, or to change: whoever has this phone, externalId or whatsappUserId. Of one who is known, what is left out stays, and null clears. */
export type ImportedCustomerInput = {
  /** The business's own id of the customer. */
  externalId?: string | null | undefined;
  /** What the customer is called. */
  name?: string | null | undefined;
  /** The customer's phone as E.164. */
  phone?: string | null | undefined;
  /** The business's own tags, 50 at the most. */
  tags?: Array<string> | null | undefined;
  /** The customer's time zone, as in Asia/Kolkata. */
  timezone?: string | null | undefined;
  /** WhatsApp's business-scoped user id of the customer. */
  whatsappUserId?: string | null | undefined;
};

/** Whom to let in, and what they may do. */
export type InvitePersonInput = {
  /** True for every business number, instead of a list. */
  allBusinessNumbers?: boolean | null | undefined;
  /** The business numbers that an agent or viewer may use; left out, none. */
  businessNumberIds?: Array<string> | null | undefined;
  /** The e-mail address that the sign-in provider has verified as theirs. */
  email: string;
  /** What they may do. */
  role: Role;
};

/** What a customer answered to a request. */
export type PermissionAnswer =
  /** Declined. */
  | 'DECLINED'
  /** Allowed for good. */
  | 'PERMANENT'
  /** Allowed for seven days. */
  | 'TEMPORARY'
  | '%future added value';

/** How far the asking of one customer among many has come. */
export type PermissionRequestBatchState =
  /** The customer allows calls already, for a time or for good. */
  | 'ALREADY_ALLOWED'
  /** The customer cannot be asked now, but can be later: see `availableAt`. Ask anew then. */
  | 'LATER'
  /** The customer cannot be asked; `message` says why. */
  | 'REFUSED'
  /** The customer was asked: see the request. */
  | 'REQUESTED'
  /** The customer is about to be asked; in a dry run, could be asked now. */
  | 'WAITING'
  | '%future added value';

/** Which permission requests to list. All that is given must hold. */
export type PermissionRequestFilter = {
  /** From this business number. */
  businessNumberId?: string | null | undefined;
  /** To this customer. */
  customerId?: string | null | undefined;
  /** Any of these statuses, as of now. */
  statuses?: Array<PermissionRequestStatus> | null | undefined;
};

/** How a request was put. */
export type PermissionRequestKind =
  /** In free words, within 24 hours of the customer's last message. */
  | 'FREE_FORM'
  /** As an approved template, which may be sent at any time. */
  | 'TEMPLATE'
  | '%future added value';

/** How far a request has come, always as of now. */
export type PermissionRequestStatus =
  /** The customer has answered, and may change the answer until `expiresAt`. */
  | 'ANSWERED'
  /** It is on the customer's phone. */
  | 'DELIVERED'
  /** It can no longer be answered: seven days have passed since delivery or answer. */
  | 'EXPIRED'
  /** It never got to the customer; `failure` says why. */
  | 'FAILED'
  /** Reserved; WhatsApp has not confirmed it yet. */
  | 'QUEUED'
  /** The customer has seen it. */
  | 'READ'
  /** WhatsApp has taken it. */
  | 'SENT'
  /** A newer request has taken its place. */
  | 'SUPERSEDED'
  | '%future added value';

/** Which of WhatsApp's two sets of limits holds. */
export type PolicyName =
  /** The limits of real business numbers. */
  | 'PRODUCTION'
  /** The wider limits of Meta's sandbox accounts and public test numbers. */
  | 'SANDBOX'
  | '%future added value';

/** Whose permission to ask WhatsApp about. */
export type RefreshCallPermissionInput = {
  /** The business number. */
  businessNumberId: string;
  /** The customer. */
  customerId: string;
};

/** Why something was refused, for programs. */
export type RefusalCode =
  /** The business number cannot be added here. */
  | 'BUSINESS_NUMBER_ELSEWHERE'
  /** The workspace has this business number already. */
  | 'BUSINESS_NUMBER_EXISTS'
  /** WhatsApp could not be asked about the business number. */
  | 'BUSINESS_NUMBER_UNCHECKED'
  /** Meta says why the business number cannot be used like this. */
  | 'BUSINESS_NUMBER_UNUSABLE'
  /** Calling is switched off for the business number. */
  | 'CALLING_DISABLED'
  /** The call is over. */
  | 'CALL_ALREADY_ENDED'
  /** A call with this customer is under way. */
  | 'CALL_IN_PROGRESS'
  /** WhatsApp's limit on calls is used up. */
  | 'CALL_LIMIT_REACHED'
  /** The workspace has no WhatsApp credentials to fall back on. */
  | 'CREDENTIALS_MISSING'
  /** Another customer has this phone, user id or external id. */
  | 'CUSTOMER_ALREADY_EXISTS'
  /** WhatsApp cannot reach this customer. */
  | 'CUSTOMER_UNREACHABLE'
  /** Maycall has no key to encrypt secrets with. */
  | 'ENCRYPTION_KEY_MISSING'
  /** The idempotency key came before with another input. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** Nobody else who has signed in could manage the workspace. */
  | 'LAST_ADMIN'
  /** Without this token nobody could make another. */
  | 'LAST_ADMIN_TOKEN'
  /** Only a template can be sent to this customer now. */
  | 'MESSAGING_WINDOW_CLOSED'
  /** The token is nobody's sign-in. */
  | 'NOT_SIGNED_IN'
  /** WhatsApp has paused the business number. */
  | 'NUMBER_RESTRICTED'
  /** The customer already allows calls for good. */
  | 'PERMISSION_ALREADY_PERMANENT'
  /** The customer does not allow calls now. */
  | 'PERMISSION_MISSING'
  /** Somebody with this e-mail address is there already. */
  | 'PERSON_ALREADY_EXISTS'
  /** WhatsApp refused for another reason; the message says which. */
  | 'REFUSED_BY_WHATSAPP'
  /** WhatsApp's limit on permission requests is used up. */
  | 'REQUEST_LIMIT_REACHED'
  /** The sign-in provider decides on this person's role. */
  | 'ROLE_FROM_PROVIDER'
  /** The template is not there, not approved, paused or switched off. */
  | 'TEMPLATE_UNAVAILABLE'
  /** The workspace has all the API tokens that it may have. */
  | 'TOO_MANY_API_TOKENS'
  /** More was given than can be done at once. */
  | 'TOO_MANY_ROWS'
  /** The workspace has all the webhook endpoints that it may have. */
  | 'TOO_MANY_WEBHOOK_ENDPOINTS'
  /** Nothing is sent to this address; the message says why. */
  | 'WEBHOOK_ADDRESS_REFUSED'
  /** The endpoint has not taken all that it is to be told. */
  | 'WEBHOOK_DELIVERIES_WAITING'
  /** The document is no subscription that can be listened to. */
  | 'WEBHOOK_DOCUMENT_REFUSED'
  /** The endpoint is switched off. */
  | 'WEBHOOK_ENDPOINT_DISABLED'
  /** The log no longer holds all that the endpoint has not been told. */
  | 'WEBHOOK_PLACE_LOST'
  /** The secret before the last one still signs. */
  | 'WEBHOOK_SECRET_JUST_ROTATED'
  /** WhatsApp could not be reached; nothing was sent. */
  | 'WHATSAPP_UNAVAILABLE'
  | '%future added value';

/** Whom to let in no longer. */
export type RemovePersonInput = {
  /** Which person. */
  personId: string;
};

/** Whom to ask, from which number, in which words: a template at any time, or a text of your own within 24 hours of the customer's last message. Neither means WhatsApp's own words. */
export type RequestCallPermissionInput = {
  /** From which number. */
  businessNumberId: string;
  /** Whom to ask. */
  customerId: string;
  /** The same key with the same input asks once and gives the first result again, for 24 hours. */
  idempotencyKey?: string | null | undefined;
  /** The template to send. */
  template?: TemplateInput | null | undefined;
  /** The text to send instead of a template. */
  text?: string | null | undefined;
};

/** Whom to ask, from which number, in which words. Give either customerIds or a filter. Neither template nor text means WhatsApp's own words. */
export type RequestCallPermissionsInput = {
  /** From which number. */
  businessNumberId: string;
  /** Whom to ask, 1000 at the most. */
  customerIds?: Array<string> | null | undefined;
  /** Whether only to tell what would come of it. */
  dryRun?: boolean;
  /** Whom to ask: those whose permission of this number is like this; 1000 at the most. */
  filter?: CallPermissionFilter | null | undefined;
  /** The same key with the same input asks once and gives the first batch again. */
  idempotencyKey?: string | null | undefined;
  /** The template to send. */
  template?: TemplateInput | null | undefined;
  /** The text to send instead of a template. */
  text?: string | null | undefined;
};

/** Which delivery to send again. */
export type RetryWebhookDeliveryInput = {
  /** The delivery, whatever has become of it. */
  webhookDeliveryId: string;
};

/** Which token to make useless. */
export type RevokeApiTokenInput = {
  /** The token. */
  apiTokenId: string;
};

/** What a person may do in the workspace. */
export type Role =
  /** Everything, on every business number: also letting people and programs in. */
  | 'ADMIN'
  /** Ask for permissions and call, on chosen business numbers; add and change customers. */
  | 'AGENT'
  /** Look on, at chosen business numbers, and change nothing. */
  | 'VIEWER'
  | '%future added value';

/** Which webhook endpoint to give a new secret. */
export type RotateWebhookSecretInput = {
  /** Whether the old secret stops signing now, and not after 24 hours: it has leaked. */
  atOnce?: boolean;
  /** The endpoint. */
  webhookEndpointId: string;
};

/** Whom to ring, from which number, with which offer. */
export type StartCallInput = {
  /** From which number. */
  businessNumberId: string;
  /** Whom to ring. */
  customerId: string;
  /** The same key with the same input rings once and gives the first result again, for 24 hours. */
  idempotencyKey?: string | null | undefined;
  /** The WebRTC offer of the agent's browser. The answer comes as `sdpAnswer` of the call. */
  sdpOffer: string;
};

/** An approved template, and what to fill in. */
export type TemplateInput = {
  /** Its language, such as en. */
  language: string;
  /** The template's name. */
  name: string;
  /** A value for each of its parameters. */
  parameters?: Array<TemplateParameterInput>;
};

/** One of a template's named parameters. */
export type TemplateParameterInput = {
  /** The parameter's name or number in the template; with `header.` before it where it stands there. */
  name: string;
  /** What stands in its place. */
  value: string;
};

/** Which webhook endpoint to try. */
export type TestWebhookEndpointInput = {
  /** The endpoint. */
  webhookEndpointId: string;
};

/** What to change of a business number: what is left out stays. New credentials are checked against Meta. */
export type UpdateBusinessNumberInput = {
  /** Its own access token; null to do without, and use the installation's. */
  accessToken?: string | null | undefined;
  /** The secret of its own app; null to do without, and use the installation's. */
  appSecret?: string | null | undefined;
  /** Which business number. */
  businessNumberId: string;
  /** What to call it. */
  name?: string | null | undefined;
  /** The limits that hold for it. */
  policy?: PolicyName | null | undefined;
};

/** What to change of a customer: what is left out stays, null clears. */
export type UpdateCustomerInput = {
  /** Which customer. */
  customerId: string;
  /** The business's own id of the customer. */
  externalId?: string | null | undefined;
  /** What the customer is called. */
  name?: string | null | undefined;
  /** The customer's phone as E.164. */
  phone?: string | null | undefined;
  /** The business's own tags, 50 at the most. */
  tags?: Array<string> | null | undefined;
  /** The customer's time zone, as in Asia/Kolkata. */
  timezone?: string | null | undefined;
  /** WhatsApp's business-scoped user id of the customer. */
  whatsappUserId?: string | null | undefined;
};

/** What to change of a person: what is left out stays. */
export type UpdatePersonInput = {
  /** True for every business number, instead of a list. */
  allBusinessNumbers?: boolean | null | undefined;
  /** The business numbers that they may use from now on, instead of those until now. */
  businessNumberIds?: Array<string> | null | undefined;
  /** Which person. */
  personId: string;
  /** What they may do from now on. */
  role?: Role | null | undefined;
};

/** What to change of a webhook endpoint: what is left out or null stays. */
export type UpdateWebhookEndpointInput = {
  /** Go on with what came after this cursor of the log, for which it may be told things again or left without them. What is written down already is sent all the same. */
  after?: string | null | undefined;
  /** Another subscription. Its variables come with it, or it has none. */
  document?: string | null | undefined;
  /** Switch it off or on. It goes on where it was, with all that waits for it. */
  enabled?: boolean | null | undefined;
  /** What to call it. */
  name?: string | null | undefined;
  /** What the payload may show. */
  scopes?: Array<string> | null | undefined;
  /** The address to post to, with https. */
  url?: string | null | undefined;
  /** Other variables. */
  variables?: unknown;
  /** Which endpoint. */
  webhookEndpointId: string;
};

/** What has become of something that a webhook endpoint is to be told. */
export type WebhookDeliveryStatus =
  /** The endpoint has taken it. */
  | 'DELIVERED'
  /** It was given up after three days. `retryWebhookDelivery` sends it again. */
  | 'FAILED'
  /** It is to be sent, now or at `nextAttemptAt`, or once the endpoint is switched on. */
  | 'WAITING'
  | '%future added value';

export type CreateCustomerMutationVariables = Exact<{
  input: CreateCustomerInput;
}>;


export type CreateCustomerMutation = { createCustomer:
    | { __typename: 'CreateCustomerSuccess', customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null } }
    | { __typename: 'CustomerAlreadyExists', field: string, code: RefusalCode, message: string, availableAt: string | null }
   };

export type UpdateCustomerMutationVariables = Exact<{
  input: UpdateCustomerInput;
}>;


export type UpdateCustomerMutation = { updateCustomer:
    | { __typename: 'CustomerAlreadyExists', field: string, code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'UpdateCustomerSuccess', customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null } }
   };

export type RequestCallPermissionMutationVariables = Exact<{
  input: RequestCallPermissionInput;
}>;


export type RequestCallPermissionMutation = { requestCallPermission:
    | { __typename: 'CustomerNotReachable', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'IdempotencyKeyReused', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'LimitReached', code: RefusalCode, message: string, availableAt: string | null, limit: { period: string, maximum: number, used: number, resetsAt: string | null } | null }
    | { __typename: 'NumberUnavailable', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'PermissionAlreadyPermanent', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'RequestCallPermissionSuccess', permissionRequest: { id: string, kind: PermissionRequestKind, status: PermissionRequestStatus, answer: PermissionAnswer | null, queuedAt: string, sentAt: string | null, deliveredAt: string | null, readAt: string | null, answeredAt: string | null, expiresAt: string | null, failure: string | null } }
    | { __typename: 'TemplateUnavailable', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'WhatsAppRefused', whatsappCode: number | null, code: RefusalCode, message: string, availableAt: string | null }
   };

export type RefreshCallPermissionMutationVariables = Exact<{
  input: RefreshCallPermissionInput;
}>;


export type RefreshCallPermissionMutation = { refreshCallPermission:
    | { __typename: 'CustomerNotReachable', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'NumberUnavailable', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'RefreshCallPermissionSuccess', callPermission: { id: string, status: CallPermissionStatus, grantedAt: string | null, expiresAt: string | null, respondedAt: string | null, unansweredStreak: number, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } }, differences: Array<{ about: string, believed: string, whatsapp: string }> }
    | { __typename: 'WhatsAppRefused', whatsappCode: number | null, code: RefusalCode, message: string, availableAt: string | null }
   };

export type StartCallMutationVariables = Exact<{
  input: StartCallInput;
}>;


export type StartCallMutation = { startCall:
    | { __typename: 'CallInProgress', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'CustomerNotReachable', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'IdempotencyKeyReused', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'LimitReached', code: RefusalCode, message: string, availableAt: string | null, limit: { period: string, maximum: number, used: number, resetsAt: string | null } | null }
    | { __typename: 'NumberUnavailable', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'PermissionMissing', status: CallPermissionStatus, code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'StartCallSuccess', call: { id: string, direction: CallDirection, status: CallStatus, queuedAt: string, startedAt: string | null, answeredAt: string | null, endedAt: string | null, durationSeconds: number | null, failure: string | null, sdpAnswer: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } } }
    | { __typename: 'WhatsAppRefused', whatsappCode: number | null, code: RefusalCode, message: string, availableAt: string | null }
   };

export type EndCallMutationVariables = Exact<{
  input: EndCallInput;
}>;


export type EndCallMutation = { endCall:
    | { __typename: 'CallAlreadyEnded', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'EndCallSuccess', call: { id: string, direction: CallDirection, status: CallStatus, queuedAt: string, startedAt: string | null, answeredAt: string | null, endedAt: string | null, durationSeconds: number | null, failure: string | null, sdpAnswer: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } } }
    | { __typename: 'WhatsAppRefused', whatsappCode: number | null, code: RefusalCode, message: string, availableAt: string | null }
   };

export type CreateApiTokenMutationVariables = Exact<{
  input: CreateApiTokenInput;
}>;


export type CreateApiTokenMutation = { createApiToken:
    | { __typename: 'CreateApiTokenSuccess', secret: string, apiToken: { id: string, name: string, prefix: string, scopes: Array<string>, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null } }
    | { __typename: 'TooManyApiTokens', maximum: number, code: RefusalCode, message: string, availableAt: string | null }
   };

export type RevokeApiTokenMutationVariables = Exact<{
  input: RevokeApiTokenInput;
}>;


export type RevokeApiTokenMutation = { revokeApiToken:
    | { __typename: 'LastAdminToken', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'RevokeApiTokenSuccess', apiToken: { id: string, name: string, prefix: string, scopes: Array<string>, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null } }
   };

export type DeleteCustomerMutationVariables = Exact<{
  input: DeleteCustomerInput;
}>;


export type DeleteCustomerMutation = { deleteCustomer:
    | { __typename: 'CallInProgress', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'DeleteCustomerSuccess', deletedCustomerId: string, deletedAt: string }
   };

export type ImportCustomersMutationVariables = Exact<{
  input: ImportCustomersInput;
}>;


export type ImportCustomersMutation = { importCustomers:
    | { __typename: 'ImportCustomersSuccess', created: number, updated: number, unchanged: number, refused: number, rows: Array<{ row: number, outcome: ImportOutcome, problem: ImportProblem | null, message: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null } | null }> }
    | { __typename: 'TooManyRows', maximum: number, code: RefusalCode, message: string, availableAt: string | null }
   };

export type RequestCallPermissionsMutationVariables = Exact<{
  input: RequestCallPermissionsInput;
}>;


export type RequestCallPermissionsMutation = { requestCallPermissions:
    | { __typename: 'IdempotencyKeyReused', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'RequestCallPermissionsSuccess', waiting: number, requested: number, later: number, alreadyAllowed: number, refused: number, batch: { id: string } | null, entries: Array<{ state: PermissionRequestBatchState, code: RefusalCode | null, message: string | null, availableAt: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null } }> }
    | { __typename: 'TemplateUnavailable', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'TooManyRows', maximum: number, code: RefusalCode, message: string, availableAt: string | null }
   };

export type CreateWebhookEndpointMutationVariables = Exact<{
  input: CreateWebhookEndpointInput;
}>;


export type CreateWebhookEndpointMutation = { createWebhookEndpoint:
    | { __typename: 'CreateWebhookEndpointSuccess', secret: string, webhookEndpoint: { id: string, name: string, url: string, document: string, event: string, enabled: boolean, disabledAt: string | null, problem: string | null, failingSince: string | null, cursor: string } }
    | { __typename: 'EncryptionKeyMissing', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'TooManyWebhookEndpoints', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'WebhookAddressRefused', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'WebhookDocumentRefused', code: RefusalCode, message: string, availableAt: string | null }
   };

export type DeleteWebhookEndpointMutationVariables = Exact<{
  input: DeleteWebhookEndpointInput;
}>;


export type DeleteWebhookEndpointMutation = { deleteWebhookEndpoint:
    | { __typename: 'DeleteWebhookEndpointSuccess', webhookEndpoint: { id: string, name: string, url: string, document: string, event: string, enabled: boolean, disabledAt: string | null, problem: string | null, failingSince: string | null, cursor: string } }
    | { __typename: 'WebhookDeliveriesWaiting', code: RefusalCode, message: string, availableAt: string | null }
   };

export type UpdateWebhookEndpointMutationVariables = Exact<{
  input: UpdateWebhookEndpointInput;
}>;


export type UpdateWebhookEndpointMutation = { updateWebhookEndpoint:
    | { __typename: 'UpdateWebhookEndpointSuccess', webhookEndpoint: { id: string, name: string, url: string, document: string, event: string, enabled: boolean, disabledAt: string | null, problem: string | null, failingSince: string | null, cursor: string } }
    | { __typename: 'WebhookAddressRefused', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'WebhookDocumentRefused', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'WebhookPlaceLost', code: RefusalCode, message: string, availableAt: string | null }
   };

export type RotateWebhookSecretMutationVariables = Exact<{
  input: RotateWebhookSecretInput;
}>;


export type RotateWebhookSecretMutation = { rotateWebhookSecret:
    | { __typename: 'EncryptionKeyMissing', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'RotateWebhookSecretSuccess', secret: string, webhookEndpoint: { id: string, name: string, url: string, document: string, event: string, enabled: boolean, disabledAt: string | null, problem: string | null, failingSince: string | null, cursor: string } }
    | { __typename: 'WebhookSecretJustRotated', code: RefusalCode, message: string, availableAt: string | null }
   };

export type RetryWebhookDeliveryMutationVariables = Exact<{
  input: RetryWebhookDeliveryInput;
}>;


export type RetryWebhookDeliveryMutation = { retryWebhookDelivery:
    | { __typename: 'RetryWebhookDeliverySuccess', webhookDelivery: { id: string, event: string, status: WebhookDeliveryStatus, messageId: string, cursor: string | null, createdAt: string, attempts: number, nextAttemptAt: string | null, lastAttemptAt: string | null, deliveredAt: string | null, responseStatus: number | null, responseBody: string | null, failure: string | null } }
    | { __typename: 'WebhookEndpointDisabled', code: RefusalCode, message: string, availableAt: string | null }
   };

export type TestWebhookEndpointMutationVariables = Exact<{
  input: TestWebhookEndpointInput;
}>;


export type TestWebhookEndpointMutation = { testWebhookEndpoint:
    | { __typename: 'TestWebhookEndpointSuccess', webhookDelivery: { id: string, event: string, status: WebhookDeliveryStatus, messageId: string, cursor: string | null, createdAt: string, attempts: number, nextAttemptAt: string | null, lastAttemptAt: string | null, deliveredAt: string | null, responseStatus: number | null, responseBody: string | null, failure: string | null } }
    | { __typename: 'WebhookAddressRefused', code: RefusalCode, message: string, availableAt: string | null }
   };

export type CreateBusinessNumberMutationVariables = Exact<{
  input: CreateBusinessNumberInput;
}>;


export type CreateBusinessNumberMutation = { createBusinessNumber:
    | { __typename: 'BusinessNumberTaken', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'BusinessNumberUnusable', reasons: Array<string>, code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'CreateBusinessNumberSuccess', businessNumber: { id: string, name: string, displayPhoneNumber: string, environment: Environment, callingEnabled: boolean, restrictedUntil: string | null, problem: string | null } }
    | { __typename: 'CredentialsMissing', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'EncryptionKeyMissing', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'WhatsAppRefused', whatsappCode: number | null, code: RefusalCode, message: string, availableAt: string | null }
   };

export type UpdateBusinessNumberMutationVariables = Exact<{
  input: UpdateBusinessNumberInput;
}>;


export type UpdateBusinessNumberMutation = { updateBusinessNumber:
    | { __typename: 'BusinessNumberUnusable', reasons: Array<string>, code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'CredentialsMissing', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'EncryptionKeyMissing', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'UpdateBusinessNumberSuccess', businessNumber: { id: string, name: string, displayPhoneNumber: string, environment: Environment, callingEnabled: boolean, restrictedUntil: string | null, problem: string | null } }
    | { __typename: 'WhatsAppRefused', whatsappCode: number | null, code: RefusalCode, message: string, availableAt: string | null }
   };

export type InvitePersonMutationVariables = Exact<{
  input: InvitePersonInput;
}>;


export type InvitePersonMutation = { invitePerson:
    | { __typename: 'InvitePersonSuccess', person: { id: string, name: string | null, email: string | null, role: Role, roleFromProvider: boolean, allBusinessNumbers: boolean, invitedBy: string | null, createdAt: string, lastSignedInAt: string | null, removedAt: string | null, businessNumbers: Array<{ id: string, name: string }> } }
    | { __typename: 'PersonAlreadyExists', code: RefusalCode, message: string, availableAt: string | null }
   };

export type UpdatePersonMutationVariables = Exact<{
  input: UpdatePersonInput;
}>;


export type UpdatePersonMutation = { updatePerson:
    | { __typename: 'LastAdmin', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'RoleFromProvider', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'UpdatePersonSuccess', person: { id: string, name: string | null, email: string | null, role: Role, roleFromProvider: boolean, allBusinessNumbers: boolean, invitedBy: string | null, createdAt: string, lastSignedInAt: string | null, removedAt: string | null, businessNumbers: Array<{ id: string, name: string }> } }
   };

export type RemovePersonMutationVariables = Exact<{
  input: RemovePersonInput;
}>;


export type RemovePersonMutation = { removePerson:
    | { __typename: 'LastAdmin', code: RefusalCode, message: string, availableAt: string | null }
    | { __typename: 'RemovePersonSuccess', person: { id: string, name: string | null, email: string | null, role: Role, roleFromProvider: boolean, allBusinessNumbers: boolean, invitedBy: string | null, createdAt: string, lastSignedInAt: string | null, removedAt: string | null, businessNumbers: Array<{ id: string, name: string }> } }
   };

export type CustomerFragment = { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null };

export type BusinessNumberFragment = { id: string, name: string, displayPhoneNumber: string, environment: Environment, callingEnabled: boolean, restrictedUntil: string | null, problem: string | null };

export type PermissionFragment = { id: string, status: CallPermissionStatus, grantedAt: string | null, expiresAt: string | null, respondedAt: string | null, unansweredStreak: number, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } };

export type EligibilityFragment = { allowed: boolean, cautions: Array<Caution>, blockers: Array<{ code: RefusalCode, message: string, availableAt: string | null }>, limits: Array<{ period: string, maximum: number, used: number, resetsAt: string | null }> };

export type PermissionRequestFragment = { id: string, kind: PermissionRequestKind, status: PermissionRequestStatus, answer: PermissionAnswer | null, queuedAt: string, sentAt: string | null, deliveredAt: string | null, readAt: string | null, answeredAt: string | null, expiresAt: string | null, failure: string | null };

export type CallFragment = { id: string, direction: CallDirection, status: CallStatus, queuedAt: string, startedAt: string | null, answeredAt: string | null, endedAt: string | null, durationSeconds: number | null, failure: string | null, sdpAnswer: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } };

export type ApiTokenFragment = { id: string, name: string, prefix: string, scopes: Array<string>, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null };

export type WebhookEndpointFragment = { id: string, name: string, url: string, document: string, event: string, enabled: boolean, disabledAt: string | null, problem: string | null, failingSince: string | null, cursor: string };

export type WebhookDeliveryFragment = { id: string, event: string, status: WebhookDeliveryStatus, messageId: string, cursor: string | null, createdAt: string, attempts: number, nextAttemptAt: string | null, lastAttemptAt: string | null, deliveredAt: string | null, responseStatus: number | null, responseBody: string | null, failure: string | null };

export type PersonFragment = { id: string, name: string | null, email: string | null, role: Role, roleFromProvider: boolean, allBusinessNumbers: boolean, invitedBy: string | null, createdAt: string, lastSignedInAt: string | null, removedAt: string | null, businessNumbers: Array<{ id: string, name: string }> };

export type FiguresFragment = { requestsSent: number, allowed: number, declined: number, ignored: number, awaited: number, failed: number, acceptance: number | null, averageTimeToAnswer: string | null, callsPlaced: number, callsConnected: number, callsMissed: number };

export type PageFragment = { hasNextPage: boolean, endCursor: string | null };

type Refusal_BusinessNumberTaken_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_BusinessNumberUnusable_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_CallAlreadyEnded_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_CallInProgress_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_CredentialsMissing_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_CustomerAlreadyExists_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_CustomerNotReachable_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_EncryptionKeyMissing_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_IdempotencyKeyReused_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_LastAdmin_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_LastAdminToken_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_LimitReached_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_NotSignedIn_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_NumberUnavailable_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_PermissionAlreadyPermanent_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_PermissionMissing_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_PersonAlreadyExists_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_RoleFromProvider_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_TemplateUnavailable_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_TooManyApiTokens_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_TooManyRows_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_TooManyWebhookEndpoints_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_WebhookAddressRefused_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_WebhookDeliveriesWaiting_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_WebhookDocumentRefused_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_WebhookEndpointDisabled_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_WebhookPlaceLost_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_WebhookSecretJustRotated_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

type Refusal_WhatsAppRefused_Fragment = { code: RefusalCode, message: string, availableAt: string | null };

export type RefusalFragment =
  | Refusal_BusinessNumberTaken_Fragment
  | Refusal_BusinessNumberUnusable_Fragment
  | Refusal_CallAlreadyEnded_Fragment
  | Refusal_CallInProgress_Fragment
  | Refusal_CredentialsMissing_Fragment
  | Refusal_CustomerAlreadyExists_Fragment
  | Refusal_CustomerNotReachable_Fragment
  | Refusal_EncryptionKeyMissing_Fragment
  | Refusal_IdempotencyKeyReused_Fragment
  | Refusal_LastAdmin_Fragment
  | Refusal_LastAdminToken_Fragment
  | Refusal_LimitReached_Fragment
  | Refusal_NotSignedIn_Fragment
  | Refusal_NumberUnavailable_Fragment
  | Refusal_PermissionAlreadyPermanent_Fragment
  | Refusal_PermissionMissing_Fragment
  | Refusal_PersonAlreadyExists_Fragment
  | Refusal_RoleFromProvider_Fragment
  | Refusal_TemplateUnavailable_Fragment
  | Refusal_TooManyApiTokens_Fragment
  | Refusal_TooManyRows_Fragment
  | Refusal_TooManyWebhookEndpoints_Fragment
  | Refusal_WebhookAddressRefused_Fragment
  | Refusal_WebhookDeliveriesWaiting_Fragment
  | Refusal_WebhookDocumentRefused_Fragment
  | Refusal_WebhookEndpointDisabled_Fragment
  | Refusal_WebhookPlaceLost_Fragment
  | Refusal_WebhookSecretJustRotated_Fragment
  | Refusal_WhatsAppRefused_Fragment
;

export type LimitReachedFragment = { limit: { period: string, maximum: number, used: number, resetsAt: string | null } | null };

export type PermissionMissingFragment = { status: CallPermissionStatus };

export type CustomerAlreadyExistsFragment = { field: string };

export type WhatsAppRefusedFragment = { whatsappCode: number | null };

export type TooManyApiTokensFragment = { maximum: number };

export type BusinessNumberUnusableFragment = { reasons: Array<string> };

export type TooManyRowsFragment = { maximum: number };

export type CallPermissionChangeFragment = { cursor: string, occurredAt: string, cause: ChangeCause, previousStatus: CallPermissionStatus, status: CallPermissionStatus, callPermission: { id: string, status: CallPermissionStatus, grantedAt: string | null, expiresAt: string | null, respondedAt: string | null, unansweredStreak: number, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } } };

export type CallChangeFragment = { cursor: string, occurredAt: string, cause: ChangeCause, previousStatus: CallStatus | null, status: CallStatus, call: { id: string, direction: CallDirection, status: CallStatus, queuedAt: string, startedAt: string | null, answeredAt: string | null, endedAt: string | null, durationSeconds: number | null, failure: string | null, sdpAnswer: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } } };

export type ChangeFragment = { cursor: string, occurredAt: string, recordedAt: string, kind: ChangeKind, cause: ChangeCause, actor: string | null, previousStatus: string | null, status: string | null, node:
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'BusinessNumber', id: string }
    | { __typename: 'Call', id: string }
    | { __typename: 'CallPermission', id: string }
    | { __typename: 'Customer', id: string }
    | { __typename: 'PermissionRequest', id: string }
    | { __typename: 'PermissionRequestBatch', id: string }
    | { __typename: 'Person', id: string }
    | { __typename: 'WebhookDelivery', id: string }
    | { __typename: 'WebhookEndpoint', id: string }
    | { __typename: 'Workspace', id: string }
   | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null } | null };

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer: { name: string, scopes: Array<string>, workspace: { id: string, name: string } } };

export type BusinessNumbersQueryVariables = Exact<{ [key: string]: never; }>;


export type BusinessNumbersQuery = { businessNumbers: Array<{ id: string, name: string, displayPhoneNumber: string, environment: Environment, callingEnabled: boolean, restrictedUntil: string | null, problem: string | null }> };

export type FindCustomerQueryVariables = Exact<{
  by: CustomerBy;
}>;


export type FindCustomerQuery = { customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null } | null };

export type CustomersQueryVariables = Exact<{
  filter?: CustomerFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CustomersQuery = { customers: { nodes: Array<{ id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PermissionOfQueryVariables = Exact<{
  by: CustomerBy;
  businessNumberId: string;
}>;


export type PermissionOfQuery = { customer: { callPermission: { id: string, status: CallPermissionStatus, grantedAt: string | null, expiresAt: string | null, respondedAt: string | null, unansweredStreak: number, canCall: { allowed: boolean, cautions: Array<Caution>, blockers: Array<{ code: RefusalCode, message: string, availableAt: string | null }>, limits: Array<{ period: string, maximum: number, used: number, resetsAt: string | null }> }, canRequest: { allowed: boolean, cautions: Array<Caution>, blockers: Array<{ code: RefusalCode, message: string, availableAt: string | null }>, limits: Array<{ period: string, maximum: number, used: number, resetsAt: string | null }> }, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } } | null } | null };

export type ChangeCursorQueryVariables = Exact<{ [key: string]: never; }>;


export type ChangeCursorQuery = { changeCursor: string };

export type WorklistQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  businessNumberId?: string | null | undefined;
  customerTags?: Array<string> | string | null | undefined;
}>;


export type WorklistQuery = { changeCursor: string, callPermissions: { nodes: Array<{ id: string, status: CallPermissionStatus, grantedAt: string | null, expiresAt: string | null, respondedAt: string | null, unansweredStreak: number, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CallPermissionsQueryVariables = Exact<{
  filter?: CallPermissionFilter | null | undefined;
  orderBy?: CallPermissionOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CallPermissionsQuery = { changeCursor: string, callPermissions: { nodes: Array<{ id: string, status: CallPermissionStatus, grantedAt: string | null, expiresAt: string | null, respondedAt: string | null, unansweredStreak: number, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PermissionRequestsQueryVariables = Exact<{
  filter?: PermissionRequestFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PermissionRequestsQuery = { permissionRequests: { nodes: Array<{ id: string, kind: PermissionRequestKind, status: PermissionRequestStatus, answer: PermissionAnswer | null, queuedAt: string, sentAt: string | null, deliveredAt: string | null, readAt: string | null, answeredAt: string | null, expiresAt: string | null, failure: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CallsQueryVariables = Exact<{
  filter?: CallFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CallsQuery = { calls: { nodes: Array<{ id: string, direction: CallDirection, status: CallStatus, queuedAt: string, startedAt: string | null, answeredAt: string | null, endedAt: string | null, durationSeconds: number | null, failure: string | null, sdpAnswer: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ApiTokensQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ApiTokensQuery = { apiTokens: { nodes: Array<{ id: string, name: string, prefix: string, scopes: Array<string>, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type WebhookEndpointsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type WebhookEndpointsQuery = { webhookEndpoints: { nodes: Array<{ id: string, name: string, url: string, document: string, event: string, enabled: boolean, disabledAt: string | null, problem: string | null, failingSince: string | null, cursor: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type WebhookDeliveriesQueryVariables = Exact<{
  id: string;
  statuses?: Array<WebhookDeliveryStatus> | WebhookDeliveryStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type WebhookDeliveriesQuery = { node:
    | { __typename: 'ApiToken' }
    | { __typename: 'BusinessNumber' }
    | { __typename: 'Call' }
    | { __typename: 'CallPermission' }
    | { __typename: 'Customer' }
    | { __typename: 'PermissionRequest' }
    | { __typename: 'PermissionRequestBatch' }
    | { __typename: 'Person' }
    | { __typename: 'WebhookDelivery' }
    | { __typename: 'WebhookEndpoint', deliveries: { nodes: Array<{ id: string, event: string, status: WebhookDeliveryStatus, messageId: string, cursor: string | null, createdAt: string, attempts: number, nextAttemptAt: string | null, lastAttemptAt: string | null, deliveredAt: string | null, responseStatus: number | null, responseBody: string | null, failure: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { __typename: 'Workspace' }
   | null };

export type PeopleQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PeopleQuery = { people: { nodes: Array<{ id: string, name: string | null, email: string | null, role: Role, roleFromProvider: boolean, allBusinessNumbers: boolean, invitedBy: string | null, createdAt: string, lastSignedInAt: string | null, removedAt: string | null, businessNumbers: Array<{ id: string, name: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PermissionReportQueryVariables = Exact<{
  from: string;
  to: string;
  timezone?: string | null | undefined;
  businessNumberId?: string | null | undefined;
}>;


export type PermissionReportQuery = { permissionReport: { callableNow: number, runningOutToday: number, runningOutThisWeek: number, totals: { requestsSent: number, allowed: number, declined: number, ignored: number, awaited: number, failed: number, acceptance: number | null, averageTimeToAnswer: string | null, callsPlaced: number, callsConnected: number, callsMissed: number }, days: Array<{ day: string, figures: { requestsSent: number, allowed: number, declined: number, ignored: number, awaited: number, failed: number, acceptance: number | null, averageTimeToAnswer: string | null, callsPlaced: number, callsConnected: number, callsMissed: number } }> } };

export type CallPermissionChangedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  customerIds?: Array<string> | string | null | undefined;
  businessNumberIds?: Array<string> | string | null | undefined;
  statuses?: Array<CallPermissionStatus> | CallPermissionStatus | null | undefined;
}>;


export type CallPermissionChangedSubscription = { callPermissionChanged: { cursor: string, occurredAt: string, cause: ChangeCause, previousStatus: CallPermissionStatus, status: CallPermissionStatus, callPermission: { id: string, status: CallPermissionStatus, grantedAt: string | null, expiresAt: string | null, respondedAt: string | null, unansweredStreak: number, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } } } };

export type CallChangedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  customerIds?: Array<string> | string | null | undefined;
  businessNumberIds?: Array<string> | string | null | undefined;
  callIds?: Array<string> | string | null | undefined;
}>;


export type CallChangedSubscription = { callChanged: { cursor: string, occurredAt: string, cause: ChangeCause, previousStatus: CallStatus | null, status: CallStatus, call: { id: string, direction: CallDirection, status: CallStatus, queuedAt: string, startedAt: string | null, answeredAt: string | null, endedAt: string | null, durationSeconds: number | null, failure: string | null, sdpAnswer: string | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null }, businessNumber: { id: string, name: string } } } };

export type ChangesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  kinds?: Array<ChangeKind> | ChangeKind | null | undefined;
}>;


export type ChangesSubscription = { changes: { cursor: string, occurredAt: string, recordedAt: string, kind: ChangeKind, cause: ChangeCause, actor: string | null, previousStatus: string | null, status: string | null, node:
      | { __typename: 'ApiToken', id: string }
      | { __typename: 'BusinessNumber', id: string }
      | { __typename: 'Call', id: string }
      | { __typename: 'CallPermission', id: string }
      | { __typename: 'Customer', id: string }
      | { __typename: 'PermissionRequest', id: string }
      | { __typename: 'PermissionRequestBatch', id: string }
      | { __typename: 'Person', id: string }
      | { __typename: 'WebhookDelivery', id: string }
      | { __typename: 'WebhookEndpoint', id: string }
      | { __typename: 'Workspace', id: string }
     | null, customer: { id: string, name: string | null, phone: string | null, whatsappUserId: string | null, externalId: string | null, tags: Array<string>, timezone: string | null } | null } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const BusinessNumberFragmentDoc = new TypedDocumentString(`
    fragment BusinessNumber on BusinessNumber {
  id
  name
  displayPhoneNumber
  environment
  callingEnabled
  restrictedUntil
  problem
}
    `, {"fragmentName":"BusinessNumber"}) as unknown as TypedDocumentString<BusinessNumberFragment, unknown>;
export const EligibilityFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"Eligibility"}) as unknown as TypedDocumentString<EligibilityFragment, unknown>;
export const PermissionRequestFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"PermissionRequest"}) as unknown as TypedDocumentString<PermissionRequestFragment, unknown>;
export const ApiTokenFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"ApiToken"}) as unknown as TypedDocumentString<ApiTokenFragment, unknown>;
export const WebhookEndpointFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"WebhookEndpoint"}) as unknown as TypedDocumentString<WebhookEndpointFragment, unknown>;
export const WebhookDeliveryFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"WebhookDelivery"}) as unknown as TypedDocumentString<WebhookDeliveryFragment, unknown>;
export const PersonFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"Person"}) as unknown as TypedDocumentString<PersonFragment, unknown>;
export const FiguresFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"Figures"}) as unknown as TypedDocumentString<FiguresFragment, unknown>;
export const PageFragmentDoc = new TypedDocumentString(`
    fragment Page on PageInfo {
  hasNextPage
  endCursor
}
    `, {"fragmentName":"Page"}) as unknown as TypedDocumentString<PageFragment, unknown>;
export const RefusalFragmentDoc = new TypedDocumentString(`
    fragment Refusal on Refusal {
  code
  message
  availableAt
}
    `, {"fragmentName":"Refusal"}) as unknown as TypedDocumentString<RefusalFragment, unknown>;
export const LimitReachedFragmentDoc = new TypedDocumentString(`
    fragment LimitReached on LimitReached {
  limit {
    period
    maximum
    used
    resetsAt
  }
}
    `, {"fragmentName":"LimitReached"}) as unknown as TypedDocumentString<LimitReachedFragment, unknown>;
export const PermissionMissingFragmentDoc = new TypedDocumentString(`
    fragment PermissionMissing on PermissionMissing {
  status
}
    `, {"fragmentName":"PermissionMissing"}) as unknown as TypedDocumentString<PermissionMissingFragment, unknown>;
export const CustomerAlreadyExistsFragmentDoc = new TypedDocumentString(`
    fragment CustomerAlreadyExists on CustomerAlreadyExists {
  field
}
    `, {"fragmentName":"CustomerAlreadyExists"}) as unknown as TypedDocumentString<CustomerAlreadyExistsFragment, unknown>;
export const WhatsAppRefusedFragmentDoc = new TypedDocumentString(`
    fragment WhatsAppRefused on WhatsAppRefused {
  whatsappCode
}
    `, {"fragmentName":"WhatsAppRefused"}) as unknown as TypedDocumentString<WhatsAppRefusedFragment, unknown>;
export const TooManyApiTokensFragmentDoc = new TypedDocumentString(`
    fragment TooManyApiTokens on TooManyApiTokens {
  maximum
}
    `, {"fragmentName":"TooManyApiTokens"}) as unknown as TypedDocumentString<TooManyApiTokensFragment, unknown>;
export const BusinessNumberUnusableFragmentDoc = new TypedDocumentString(`
    fragment BusinessNumberUnusable on BusinessNumberUnusable {
  reasons
}
    `, {"fragmentName":"BusinessNumberUnusable"}) as unknown as TypedDocumentString<BusinessNumberUnusableFragment, unknown>;
export const TooManyRowsFragmentDoc = new TypedDocumentString(`
    fragment TooManyRows on TooManyRows {
  maximum
}
    `, {"fragmentName":"TooManyRows"}) as unknown as TypedDocumentString<TooManyRowsFragment, unknown>;
export const CustomerFragmentDoc = new TypedDocumentString(`
    fragment Customer on Customer {
  id
  name
  phone
  whatsappUserId
  externalId
  tags
  timezone
}
    `, {"fragmentName":"Customer"}) as unknown as TypedDocumentString<CustomerFragment, unknown>;
export const PermissionFragmentDoc = new TypedDocumentString(`
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
    fragment Customer on Customer {
  id
  name
  phone
  whatsappUserId
  externalId
  tags
  timezone
}`, {"fragmentName":"Permission"}) as unknown as TypedDocumentString<PermissionFragment, unknown>;
export const CallPermissionChangeFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"CallPermissionChange"}) as unknown as TypedDocumentString<CallPermissionChangeFragment, unknown>;
export const CallFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"Call"}) as unknown as TypedDocumentString<CallFragment, unknown>;
export const CallChangeFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"CallChange"}) as unknown as TypedDocumentString<CallChangeFragment, unknown>;
export const ChangeFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"Change"}) as unknown as TypedDocumentString<ChangeFragment, unknown>;
export const CreateCustomerDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}
fragment CustomerAlreadyExists on CustomerAlreadyExists {
  field
}`) as unknown as TypedDocumentString<CreateCustomerMutation, CreateCustomerMutationVariables>;
export const UpdateCustomerDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}
fragment CustomerAlreadyExists on CustomerAlreadyExists {
  field
}`) as unknown as TypedDocumentString<UpdateCustomerMutation, UpdateCustomerMutationVariables>;
export const RequestCallPermissionDocument = new TypedDocumentString(`
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
fragment LimitReached on LimitReached {
  limit {
    period
    maximum
    used
    resetsAt
  }
}
fragment WhatsAppRefused on WhatsAppRefused {
  whatsappCode
}`) as unknown as TypedDocumentString<RequestCallPermissionMutation, RequestCallPermissionMutationVariables>;
export const RefreshCallPermissionDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<RefreshCallPermissionMutation, RefreshCallPermissionMutationVariables>;
export const StartCallDocument = new TypedDocumentString(`
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
    fragment Customer on Customer {
  id
  name
  phone
  whatsappUserId
  externalId
  tags
  timezone
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
fragment Refusal on Refusal {
  code
  message
  availableAt
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
fragment WhatsAppRefused on WhatsAppRefused {
  whatsappCode
}`) as unknown as TypedDocumentString<StartCallMutation, StartCallMutationVariables>;
export const EndCallDocument = new TypedDocumentString(`
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
    fragment Customer on Customer {
  id
  name
  phone
  whatsappUserId
  externalId
  tags
  timezone
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}
fragment WhatsAppRefused on WhatsAppRefused {
  whatsappCode
}`) as unknown as TypedDocumentString<EndCallMutation, EndCallMutationVariables>;
export const CreateApiTokenDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<CreateApiTokenMutation, CreateApiTokenMutationVariables>;
export const RevokeApiTokenDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<RevokeApiTokenMutation, RevokeApiTokenMutationVariables>;
export const DeleteCustomerDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<DeleteCustomerMutation, DeleteCustomerMutationVariables>;
export const ImportCustomersDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<ImportCustomersMutation, ImportCustomersMutationVariables>;
export const RequestCallPermissionsDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<RequestCallPermissionsMutation, RequestCallPermissionsMutationVariables>;
export const CreateWebhookEndpointDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}`) as unknown as TypedDocumentString<CreateWebhookEndpointMutation, CreateWebhookEndpointMutationVariables>;
export const DeleteWebhookEndpointDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}`) as unknown as TypedDocumentString<DeleteWebhookEndpointMutation, DeleteWebhookEndpointMutationVariables>;
export const UpdateWebhookEndpointDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}`) as unknown as TypedDocumentString<UpdateWebhookEndpointMutation, UpdateWebhookEndpointMutationVariables>;
export const RotateWebhookSecretDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}`) as unknown as TypedDocumentString<RotateWebhookSecretMutation, RotateWebhookSecretMutationVariables>;
export const RetryWebhookDeliveryDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}`) as unknown as TypedDocumentString<RetryWebhookDeliveryMutation, RetryWebhookDeliveryMutationVariables>;
export const TestWebhookEndpointDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}`) as unknown as TypedDocumentString<TestWebhookEndpointMutation, TestWebhookEndpointMutationVariables>;
export const CreateBusinessNumberDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}
fragment WhatsAppRefused on WhatsAppRefused {
  whatsappCode
}
fragment BusinessNumberUnusable on BusinessNumberUnusable {
  reasons
}`) as unknown as TypedDocumentString<CreateBusinessNumberMutation, CreateBusinessNumberMutationVariables>;
export const UpdateBusinessNumberDocument = new TypedDocumentString(`
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
fragment Refusal on Refusal {
  code
  message
  availableAt
}
fragment WhatsAppRefused on WhatsAppRefused {
  whatsappCode
}
fragment BusinessNumberUnusable on BusinessNumberUnusable {
  reasons
}`) as unknown as TypedDocumentString<UpdateBusinessNumberMutation, UpdateBusinessNumberMutationVariables>;
export const InvitePersonDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<InvitePersonMutation, InvitePersonMutationVariables>;
export const UpdatePersonDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<UpdatePersonMutation, UpdatePersonMutationVariables>;
export const RemovePersonDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<RemovePersonMutation, RemovePersonMutationVariables>;
export const WhoAmIDocument = new TypedDocumentString(`
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
    `) as unknown as TypedDocumentString<WhoAmIQuery, WhoAmIQueryVariables>;
export const BusinessNumbersDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<BusinessNumbersQuery, BusinessNumbersQueryVariables>;
export const FindCustomerDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<FindCustomerQuery, FindCustomerQueryVariables>;
export const CustomersDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<CustomersQuery, CustomersQueryVariables>;
export const PermissionOfDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<PermissionOfQuery, PermissionOfQueryVariables>;
export const ChangeCursorDocument = new TypedDocumentString(`
    query ChangeCursor {
  changeCursor
}
    `) as unknown as TypedDocumentString<ChangeCursorQuery, ChangeCursorQueryVariables>;
export const WorklistDocument = new TypedDocumentString(`
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
fragment Page on PageInfo {
  hasNextPage
  endCursor
}`) as unknown as TypedDocumentString<WorklistQuery, WorklistQueryVariables>;
export const CallPermissionsDocument = new TypedDocumentString(`
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
fragment Page on PageInfo {
  hasNextPage
  endCursor
}`) as unknown as TypedDocumentString<CallPermissionsQuery, CallPermissionsQueryVariables>;
export const PermissionRequestsDocument = new TypedDocumentString(`
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
fragment Page on PageInfo {
  hasNextPage
  endCursor
}`) as unknown as TypedDocumentString<PermissionRequestsQuery, PermissionRequestsQueryVariables>;
export const CallsDocument = new TypedDocumentString(`
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
    fragment Customer on Customer {
  id
  name
  phone
  whatsappUserId
  externalId
  tags
  timezone
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
fragment Page on PageInfo {
  hasNextPage
  endCursor
}`) as unknown as TypedDocumentString<CallsQuery, CallsQueryVariables>;
export const ApiTokensDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<ApiTokensQuery, ApiTokensQueryVariables>;
export const WebhookEndpointsDocument = new TypedDocumentString(`
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
fragment Page on PageInfo {
  hasNextPage
  endCursor
}`) as unknown as TypedDocumentString<WebhookEndpointsQuery, WebhookEndpointsQueryVariables>;
export const WebhookDeliveriesDocument = new TypedDocumentString(`
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
fragment Page on PageInfo {
  hasNextPage
  endCursor
}`) as unknown as TypedDocumentString<WebhookDeliveriesQuery, WebhookDeliveriesQueryVariables>;
export const PeopleDocument = new TypedDocumentString(`
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
fragment Page on PageInfo {
  hasNextPage
  endCursor
}`) as unknown as TypedDocumentString<PeopleQuery, PeopleQueryVariables>;
export const PermissionReportDocument = new TypedDocumentString(`
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
}`) as unknown as TypedDocumentString<PermissionReportQuery, PermissionReportQueryVariables>;
export const CallPermissionChangedDocument = new TypedDocumentString(`
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
fragment CallPermissionChange on CallPermissionChange {
  cursor
  occurredAt
  cause
  previousStatus
  status
  callPermission {
    ...Permission
  }
}`) as unknown as TypedDocumentString<CallPermissionChangedSubscription, CallPermissionChangedSubscriptionVariables>;
export const CallChangedDocument = new TypedDocumentString(`
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
    fragment Customer on Customer {
  id
  name
  phone
  whatsappUserId
  externalId
  tags
  timezone
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
}`) as unknown as TypedDocumentString<CallChangedSubscription, CallChangedSubscriptionVariables>;
export const ChangesDocument = new TypedDocumentString(`
    subscription Changes($after: String, $kinds: [ChangeKind!]) {
  changes(after: $after, kinds: $kinds) {
    ...Change
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
}`) as unknown as TypedDocumentString<ChangesSubscription, ChangesSubscriptionVariables>;