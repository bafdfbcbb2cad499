//! What a request may be refused with, for the API's description.
//!
//! Every request behind a sign-in can be refused in the same ways; they are named here once instead of at every
//! handler, which names only what it answers when all goes well.

use utoipa::IntoResponses;

use crate::problem::ProblemBody;

/// Of any request behind a sign-in.
#[derive(Debug, IntoResponses)]
pub enum Refusals {
    /// A parameter or the body is malformed; the problem names what.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody<'static>),
    /// Nobody is signed in: no session or token, or one that has expired or was revoked.
    #[response(status = 401, content_type = "application/problem+json")]
    NotSignedIn(ProblemBody<'static>),
    /// The role does not suffice, or a page of another origin made this request.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody<'static>),
    /// Too many requests of this session or token; `Retry-After` says when to try again.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemBody<'static>),
    /// A fault of callbackd.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemBody<'static>),
    /// The database cannot answer now, or the search takes too long.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody<'static>),
}

/// Of a request to sign in.
#[derive(Debug, IntoResponses)]
pub enum SignInRefusals {
    /// The body is malformed; the problem names what.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody<'static>),
    /// A page of another origin made this request, or it may not be made from there.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody<'static>),
    /// Too many sign-ins from this address; `Retry-After` says when to try again.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemBody<'static>),
    /// A fault of callbackd.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemBody<'static>),
    /// The database or the issuer is away, or too many people sign in at once; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody<'static>),
}

/// Of a request that names one callback.
#[derive(Debug, IntoResponses)]
pub enum NoSuchCallback {
    /// There is no such callback, or it is somebody else's.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody<'static>),
}

/// Of a request to look at a rejected one again.
#[derive(Debug, IntoResponses)]
pub enum NotReviewed {
    /// It was not rejected, its source is not enabled now, its body was never read, or what it would become was deleted.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody<'static>),
    /// It cannot become a callback: its body is no JSON object, or has no job id.
    #[response(status = 422, content_type = "application/problem+json")]
    NotAcceptable(ProblemBody<'static>),
}

/// Of a request that carries a body.
#[derive(Debug, IntoResponses)]
pub enum RefusedBody {
    /// The body did not arrive within 30 seconds.
    #[response(status = 408, content_type = "application/problem+json")]
    TooSlow(ProblemBody<'static>),
    /// The body has more than 65,536 bytes.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody<'static>),
    /// The body does not say that it is JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(ProblemBody<'static>),
}

/// Of a callback that was not received.
#[derive(Debug, IntoResponses)]
pub enum NotReceived {
    /// Not a JSON object, or without a job id.
    #[response(status = 400, content_type = "application/problem+json")]
    Unusable(ProblemBody<'static>),
    /// Not authenticated; the request is recorded as rejected.
    #[response(status = 401, content_type = "application/problem+json")]
    NotAuthenticated(ProblemBody<'static>),
    /// No source is enabled at this path.
    #[response(status = 404, content_type = "application/problem+json")]
    NoSource(ProblemBody<'static>),
    /// The body did not arrive in time.
    #[response(status = 408, content_type = "application/problem+json")]
    TooSlow(ProblemBody<'static>),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody<'static>),
    /// The body is encoded.
    #[response(status = 415, content_type = "application/problem+json")]
    Encoded(ProblemBody<'static>),
    /// Over the source's rate limit; see Retry-After.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemBody<'static>),
    /// A fault of callbackd.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemBody<'static>),
    /// Not made durable in time, or the keys of the sender cannot be fetched; see Retry-After.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody<'static>),
}
