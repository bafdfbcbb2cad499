// The names by which the console knows what the server sends. All come from the OpenAPI document.
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Role = Schemas["Role"];
export type Status = Schemas["Status"];
export type ListItem = Schemas["ListItem"];
/** A list item with what this person has done with it. */
export type HistoryItem = Schemas["ViewedItem"];
export type HistoryPage = Schemas["HistoryPage"];
export type CheckPage = Schemas["CheckPage"];
/** A callback, and the others of its job. */
export type CallbackView = Schemas["DetailAnswer"];
export type CallbackDetail = Schemas["CallbackDetail"];
export type FetchedObject = Schemas["FetchedObject"];
export type Diagnosis = Schemas["Diagnosis"];
export type Finding = Schemas["Finding"];
export type Cause = Schemas["Cause"];
export type Proof = Schemas["Proof"];
export type Accepted = Schemas["AcceptedAnswer"];
export type MarkViewed = Schemas["MarkViewed"];
export type MarkedViewed = Schemas["MarkedAnswer"];
export type Source = Schemas["Source"];
/** What lies on a node's own disk while its database is away. */
export type Spool = Schemas["SystemSpool"];
export type ReplayTarget = Schemas["ReplayTarget"];
export type ReplayTargets = Schemas["ReplayTargets"];
/** Sending a callback again, once. */
export type Attempt = Schemas["Attempt"];
export type AttemptList = Schemas["AttemptList"];
export type TestCallback = Schemas["TestCallback"];
export type SignedIn = Schemas["SignedIn"];
export type Count = Schemas["Count"];
export type Sources = Schemas["SourceList"];
export type SourcePreset = Schemas["SourcePreset"];
export type NewSource = Schemas["NewSource"];
export type AddedSource = Schemas["AddedSource"];
export type SourceChange = Schemas["SourceChange"];
export type ChangedSource = Schemas["ChangedSource"];
export type NewSourceSecret = Schemas["NewSourceSecret"];
export type AddedSecret = Schemas["AddedSecret"];
export type SetFetchKey = Schemas["SetFetchKey"];
export type ApiToken = Schemas["ApiToken"];
export type TokenList = Schemas["TokenList"];
export type CreatedToken = Schemas["CreatedToken"];
export type Session = Schemas["Session"];
export type SessionList = Schemas["SessionList"];
export type RevokedSessions = Schemas["Revoked"];
export type Person = Schemas["Person"];
export type PeopleList = Schemas["PeopleList"];
export type NewPerson = Schemas["NewPerson"];
export type System = Schemas["System"];
export type Facets = Schemas["FacetValues"];
export type PasswordChange = Schemas["PasswordChange"];
